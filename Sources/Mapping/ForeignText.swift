import JobModel
import Wire

/// Sealed entries as they stand in a canonical document:
/// `[{"dialect": …, "document": …, "path": …, "instead": …, "value": …}]`.
extension Foreign {
  /// The entries of a JSON array; what is no entry is passed over.
  static func entries(_ text: String) -> [Foreign] {
    guard let json = try? JSON(parsing: text, duplicates: .lastWins), let elements = json.elements else { return [] }
    return elements.compactMap { element in
      guard let dialect = element["dialect"]?.stringValue, let document = element["document"]?.stringValue,
        let path = element["path"]?.stringValue
      else { return nil }
      return Foreign(
        dialect: dialect, document: document, path: path, instead: element["instead"]?.compact,
        value: element["value"]?.compact)
    }
  }

  /// The JSON array of entries.
  static func text(_ entries: [Foreign]) -> String {
    let items = entries.map { entry in
      var members = [
        JSON.Member("dialect", .string(entry.dialect)), JSON.Member("document", .string(entry.document)),
        JSON.Member("path", .string(entry.path)),
      ]
      if let instead = entry.instead, let json = try? JSON(parsing: instead, duplicates: .keep) {
        members.append(JSON.Member("instead", json))
      }
      if let value = entry.value, let json = try? JSON(parsing: value, duplicates: .keep) {
        members.append(JSON.Member("value", json))
      }
      return JSON.object(members)
    }
    return JSON.array(items).compact
  }
}
