import Wire

/// A smaller document that still fails: members and elements are taken out and values made plain, as long as `fails`
/// holds.
func shrunk(_ document: JSON, _ fails: (JSON) -> Bool) -> JSON {
  var best = document
  var left = 1500
  var progress = true
  while progress, left > 0 {
    progress = false
    for candidate in smaller(best) {
      left -= 1
      if left <= 0 { break }
      if fails(candidate) {
        best = candidate
        progress = true
        break
      }
    }
  }
  return best
}

/// Everything that is one step smaller, the boldest steps first.
private func smaller(_ value: JSON) -> [JSON] {
  switch value {
  case .object(let members):
    let without = members.indices.map { index in
      JSON.object(members.enumerated().filter { $0.offset != index }.map(\.element))
    }
    let inside = members.indices.flatMap { index in
      smaller(members[index].value).map { less in
        var copy = members
        copy[index].value = less
        return JSON.object(copy)
      }
    }
    return without + inside
  case .array(let elements):
    let without = elements.indices.map { index in
      JSON.array(elements.enumerated().filter { $0.offset != index }.map(\.element))
    }
    let inside = elements.indices.flatMap { index in
      smaller(elements[index]).map { less in
        var copy = elements
        copy[index] = less
        return JSON.array(copy)
      }
    }
    return without + inside
  case .string(let text) where text.unicodeScalars.count > 1:
    let half = text.unicodeScalars.count / 2
    return [
      .string(String(String.UnicodeScalarView(text.unicodeScalars.prefix(half)))),
      .string(String(String.UnicodeScalarView(text.unicodeScalars.dropFirst(half)))),
      .string(String(String.UnicodeScalarView(text.unicodeScalars.dropFirst()))),
    ]
  default: return []
  }
}
