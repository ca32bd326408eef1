import FoundationEssentials
import Glibc
import YAMLFile

/// The files that a configuration refers to: read while it is parsed, complained of where they are named, and remembered
/// for whoever watches them.
package final class ConfigurationFiles {
  /// In the order they were read, each once.
  package private(set) var paths: [String] = []

  /// The files of a configuration; nil for one that is no file.
  package init(_ configuration: String?) { if let configuration { note(configuration) } }

  /// Remembers a file or folder.
  func note(_ path: String) { if !paths.contains(path) { paths.append(path) } }

  /// The content of the file that a node names.
  func bytes(_ spec: Spec, _ what: String) -> [UInt8]? {
    guard let path = spec.text(what) else { return nil }
    note(path)
    guard let data = FileManager.default.contents(atPath: path) else {
      spec.complain("\(what): \(path) cannot be read; see that it exists and that this account may read it")
      return nil
    }
    return Array(data)
  }

  /// A secret: `env:NAME` is an environment variable, anything else a file that nobody but its owner and group may read.
  func secret(_ spec: Spec, _ what: String) -> [UInt8]? {
    guard let name = spec.text(what) else { return nil }
    if name.hasPrefix("env:") {
      guard let value = getenv(String(name.dropFirst(4))) else {
        spec.complain("\(what): there is no environment variable \(name.dropFirst(4))")
        return nil
      }
      return Array(String(cString: value).utf8)
    }
    var found = stat()
    if stat(name, &found) == 0, found.st_mode & 0o007 != 0 {
      note(name)
      spec.complain("\(what): \(name) may be used by everybody on this machine; chmod o= \(name)")
      return nil
    }
    return bytes(spec, what)
  }
}
