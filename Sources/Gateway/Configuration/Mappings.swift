import Mapping
import YAMLFile

/// The dialects a server speaks: those built in, and those of a folder, which replace them by name or add to them.
package enum Mappings {
  /// All dialects, checked. Throws every fault of every file.
  package static func load(folder: String?) throws -> [Dialect] {
    var dialects: [Dialect] = []
    for file in Shipped.files { dialects.append(try DialectParser.parse(file.text, file: file.name)) }
    guard let folder else { return dialects }
    for path in try Disk.files(folder, ending: ".yaml") {
      let dialect = try DialectParser.parse(try Disk.text(path), file: path)
      dialects.removeAll { $0.name == dialect.name }
      dialects.append(dialect)
    }
    return dialects
  }
}
