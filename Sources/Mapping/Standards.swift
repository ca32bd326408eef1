import JobModel

extension Document {
  /// What the platform takes when a request leaves a field out: the field and its JSON.
  package var standards: [(field: Field, value: String)] { Document.standards(members) }

  private static func standards(_ members: [Member]) -> [(field: Field, value: String)] {
    members.flatMap { member -> [(field: Field, value: String)] in
      guard let variant = member.variants.first else { return [] }
      switch variant.value {
      case .object(let inner, _): return standards(inner)
      case .field(.slot(let field), _, _, _): return variant.standard.map { [(field, $0)] } ?? []
      default: return []
      }
    }
  }
}

extension Job {
  /// Makes a platform's defaults real, where the request leaves a field out that `carried` has a bit for: what would
  /// happen there anyway must happen here as well (translation tables, §4). `all` is the number of nodes.
  package func take(_ standards: [(field: Field, value: String)], carried: UInt64) {
    for (field, value) in standards where !has(field) && carried & (1 << UInt64(field.rawValue)) != 0 {
      switch field.form {
      case _ where value == "all": if let nodes = texts(.targets) { set(field, integer: Int64(nodes.count)) }
      case .bool: set(field, flag: value == "true")
      case .text: set(field, text: value.hasPrefix("\"") ? String(value.dropFirst().dropLast()) : value)
      default: set(field, text: value)
      }
    }
  }
}
