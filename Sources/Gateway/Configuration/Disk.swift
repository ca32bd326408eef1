import FoundationEssentials

/// Reading files and making folders: for the start and the command line, never for a request.
package enum Disk {
  /// The text of a file. Throws a `StartFault` that names it.
  package static func text(_ path: String) throws(StartFault) -> String {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .configuration("\(path): cannot be read; see that it exists and may be read")
    }
    guard let text = String(validating: data, as: UTF8.self) else { throw .configuration("\(path): is not UTF-8 text") }
    return text
  }

  /// The files of a folder with a certain ending, by name, those of its folders included when `deep`.
  package static func files(_ folder: String, ending: String, deep: Bool = false) throws(StartFault) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw .configuration("\(folder): is no folder that can be read")
    }
    var found: [String] = []
    for name in names.sorted() {
      let path = folder + "/" + name
      var isFolder = false
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
      if isFolder {
        if deep { found += try files(path, ending: ending, deep: true) }
      } else if name.hasSuffix(ending) {
        found.append(path)
      }
    }
    return found
  }

  /// The files and folders of a folder that are called by a number; nothing when it cannot be read.
  static func numbers(in folder: String) -> [Int64] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap { Int64($0) }
  }

  /// Whether there is a file or folder.
  package static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// Makes a folder that only its owner can list, unless it is there. Others may pass through: a command that runs as
  /// another account finds the file that was attached for it.
  package static func makeFolder(_ path: String) throws(StartFault) {
    let isNew = !exists(path)
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
      if isNew { try FileManager.default.setAttributes([.posixPermissions: 0o711], ofItemAtPath: path) }
    } catch {
      throw .configuration("\(path): cannot be made: \(error)")
    }
  }
}
