import Foundation

/// The files that are measured with.
enum Fixtures {
  private static let folder = URL(fileURLWithPath: CommandLine.arguments.dropFirst().first ?? "Tests/Fixtures")

  static func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
  }

  private static let place = FileManager.default.temporaryDirectory.appendingPathComponent("costs-\(UUID().uuidString)")

  /// A folder for what is written, until `end`.
  static func scratch() throws -> String {
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    return place.path
  }

  static func end() { try? FileManager.default.removeItem(at: place) }
}
