import JobModel
import Wire

/// What a dialect's own writer would not say again is sealed as foreign (law 1): the difference between the document
/// that was read and the one its hub would be written as. Opening it puts the difference back.
package enum Sealing {
  /// The entries that turn `written` into `document`.
  package static func seal(_ document: JSON, over written: JSON, dialect: String, name: String) -> [Foreign] {
    var found: [Foreign] = []
    compare(document, written, "") { path, instead, value in
      found.append(
        Foreign(dialect: dialect, document: name, path: path, instead: instead?.compact, value: value?.compact))
    }
    return found
  }

  /// Puts the entries of a dialect's document back. An entry whose place holds something else than it stood beside is
  /// void: the hub has changed there.
  package static func open(_ entries: [Foreign], in written: JSON, dialect: String, name: String) -> JSON {
    var result = written
    for entry in entries where entry.dialect == dialect && entry.document == name {
      let path = steps(entry.path)
      let instead = entry.instead.flatMap { try? JSON(parsing: $0, duplicates: .keep) }
      let value = entry.value.flatMap { try? JSON(parsing: $0, duplicates: .keep) }
      result = apply(path[...], to: result, instead: instead, value: value)
    }
    return result
  }

  private static func compare(_ document: JSON, _ written: JSON, _ path: String, _ say: (String, JSON?, JSON?) -> Void)
  {
    if document == written { return }
    if let ours = written.members, let theirs = document.members {
      for member in theirs {
        let here = path + "/" + escaped(member.name)
        guard let own = written[member.name] else {
          say(here, nil, member.value)
          continue
        }
        compare(member.value, own, here, say)
      }
      for own in ours where document[own.name] == nil { say(path + "/" + escaped(own.name), own.value, nil) }
    } else if let ours = written.elements, let theirs = document.elements, ours.count == theirs.count {
      for (index, pair) in zip(theirs, ours).enumerated() { compare(pair.0, pair.1, path + "/\(index)", say) }
    } else {
      say(path, written, document)
    }
  }

  private static func apply(_ path: ArraySlice<String>, to json: JSON, instead: JSON?, value: JSON?) -> JSON {
    guard let step = path.first else { return json == instead ? value ?? json : json }
    let rest = path.dropFirst()
    if var members = json.members {
      let index = members.firstIndex { $0.name.utf8.elementsEqual(step.utf8) }
      if rest.isEmpty {
        switch (index, instead, value) {
        case (nil, nil, let value?): members.append(JSON.Member(step, value))
        case (let index?, let instead?, let value?) where members[index].value == instead: members[index].value = value
        case (let index?, let instead?, nil) where members[index].value == instead: members.remove(at: index)
        default: break
        }
      } else if let index {
        members[index].value = apply(rest, to: members[index].value, instead: instead, value: value)
      }
      return .object(members)
    }
    if var elements = json.elements, let index = Int(step), elements.indices.contains(index) {
      elements[index] = apply(rest, to: elements[index], instead: instead, value: value)
      return .array(elements)
    }
    return json
  }

  private static func escaped(_ name: String) -> String {
    var text = ""
    for character in name.unicodeScalars {
      switch character {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(character)
      }
    }
    return text
  }

  /// The steps of a JSON pointer. By scalars: an accent behind a slash would make another character of both.
  private static func steps(_ path: String) -> [String] {
    path.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(unescaped)
  }

  private static func unescaped(_ step: Substring.UnicodeScalarView) -> String {
    var text = String.UnicodeScalarView()
    var pending = false
    for scalar in step {
      if pending {
        text.append(scalar == "1" ? "/" : "~")
        pending = false
      } else if scalar == "~" {
        pending = true
      } else {
        text.append(scalar)
      }
    }
    return String(text)
  }
}
