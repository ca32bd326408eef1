import Wire

extension JSON {
  /// Where this value is not the one that was expected, a line a place: the JSON pointer and both values. The order of
  /// members does not count; numbers are compared digit for digit.
  func differences(from expected: JSON, at path: String = "") -> [String] {
    if self == expected { return [] }
    let place = path.isEmpty ? "the document" : path
    if let theirs = expected.members, let ours = members {
      let missing = theirs.flatMap { member in
        self[member.name].map { $0.differences(from: member.value, at: path + "/" + member.name) }
          ?? ["\(path)/\(member.name): expected \(member.value.compact), got nothing"]
      }
      let more = ours.filter { expected[$0.name] == nil }
      return missing + more.map { "\(path)/\($0.name): not expected, got \($0.value.compact)" }
    }
    if let theirs = expected.elements, let ours = elements, theirs.count == ours.count {
      return zip(ours, theirs).enumerated().flatMap {
        $0.element.0.differences(from: $0.element.1, at: "\(path)/\($0.offset)")
      }
    }
    return ["\(place): expected \(expected.compact), got \(compact)"]
  }
}
