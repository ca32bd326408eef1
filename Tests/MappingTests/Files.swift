import Foundation
import Mapping

/// The files that tests read, by their path beside this one.
enum Files {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let shipped = ["pushy", "orchestrator", "xplenty", "canonical"]
  /// Those that come beside the program, for whoever wants them.
  static let added = ["slurm"]

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  static func seed(_ name: String) throws -> String { try text("Tests/Fixtures/seeds/\(name)") }

  /// The text of a shipped mapping.
  static func mapping(_ name: String) throws -> String {
    try text("mappings/\(added.contains(name) ? "more/" : "")\(name).yaml")
  }

  /// The names of the files of a folder with an ending.
  static func names(_ folder: String, ending: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(ending) }.sorted()
  }

  /// Every file of examples, named as seen from the root.
  static func examples() throws -> [(name: String, text: String)] {
    try (shipped + added).flatMap { dialect in
      let folder = "mappings/\(added.contains(dialect) ? "more/" : "")examples/\(dialect)"
      return try names(folder, ending: ".md").map { name in
        let path = "\(folder)/\(name)"
        return (path, try text(path))
      }
    }
  }
}

/// All dialects, compiled once.
enum Dialects {
  static let codecs: [String: Codec] = {
    var found: [String: Codec] = [:]
    for name in Files.shipped + Files.added {
      if let text = try? Files.mapping(name), let dialect = try? DialectParser.parse(text, file: "\(name).yaml") {
        found[name] = Codec(dialect)
      }
    }
    return found
  }()

  /// A dialect in a profile: `pushy`, `pushy@server-2`.
  static func side(_ name: String) throws -> Translation.Side {
    let parts = name.split(separator: "@").map(String.init)
    guard let first = parts.first, let codec = codecs[first] else { throw Missing(name: name) }
    return Translation.Side(codec, profile: parts.dropFirst().first)
  }

  struct Missing: Error { let name: String }

  static func translate(
    _ text: String, from: String, to: String, what: String = "job", as other: String? = nil
  ) throws -> Translation.Written {
    try Translation(from: side(from), to: side(to), context: ExampleRunner.place)
      .translate(text, what: what, as: other)
  }
}
