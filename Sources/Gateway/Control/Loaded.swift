import Mapping
import YAMLFile

/// A configuration with everything it refers to, read and checked: what a start or a reload takes, whole.
package struct Loaded: Sendable {
  package let configuration: Configuration
  /// Those built in, and those of the configuration's folder.
  package let dialects: [Dialect]
  /// What was read: when one of these files or folders changes, it is time to read again.
  package let files: [String]

  /// Reads a configuration file, or the one that is built in. Throws a `FileFault` with everything that is wrong, or a
  /// `StartFault`.
  package static func load(_ path: String?) throws -> Loaded {
    guard let path else {
      let configuration = try ConfigurationParser.builtIn()
      return Loaded(configuration: configuration, dialects: try Mappings.load(folder: nil), files: [])
    }
    let files = ConfigurationFiles(path)
    let configuration = try ConfigurationParser.parse(try Disk.text(path), file: path, files: files)
    if let folder = configuration.mappings {
      files.note(folder)
      for file in try Disk.files(folder, ending: ".yaml") { files.note(file) }
    }
    let dialects = try Mappings.load(folder: configuration.mappings)
    try check(configuration, among: dialects, in: path)
    for listener in configuration.listeners where !listener.isOpen {
      for dialect in dialects where listener.speaks(dialect) && dialect.credential == nil {
        throw StartFault.configuration(
          "\(path): the listener at \(listener.door) requires credentials, and the dialect '\(dialect.name)' knows none: "
            + "name the dialects it shall speak")
      }
    }
    return Loaded(configuration: configuration, dialects: dialects, files: files.paths)
  }

  /// Every backend speaks a dialect that there is, in a profile that it has.
  private static func check(
    _ configuration: Configuration, among dialects: [Dialect], in path: String
  ) throws(FileFault) {
    let report = Spec.Report(file: path)
    for part in configuration.backends {
      guard let dialect = dialects.first(where: { $0.name == part.dialect }) else {
        report.add(
          part.mark,
          "'\(part.dialect)' is no dialect: \(suggestion(for: part.dialect, among: dialects.map(\.name).sorted()))")
        continue
      }
      if let profile = part.profile, !dialect.profiles.contains(profile) {
        report.add(
          part.mark,
          "'\(profile)' is no profile of \(dialect.name): \(suggestion(for: profile, among: dialect.profiles))")
      }
      guard part.relays else { continue }
      if dialect.credential?.relayedHeader == nil {
        report.add(
          part.mark, "a credential of \(dialect.name) cannot be relayed: it is about the request, which is written anew"
        )
      }
      for route in configuration.routes where route.backend == part.name && route.dialect != dialect.name {
        report.add(
          part.mark,
          "\(part.name) is shown its callers' own credentials: its routes need 'dialect: \(dialect.name)', whose callers "
            + "have one for it")
      }
    }
    try Spec.settle(report)
  }
}
