import JobModel
import Wire

/// A fault as a dialect says it (law 9).
package struct Answer: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: String

  /// An answer.
  package init(status: Int, headers: [(name: String, value: String)], body: String) {
    self.status = status
    self.headers = headers
    self.body = body
  }
}

extension Dialect {
  /// The answer for a fault; `allowed` are the methods of the path, for a wrong method.
  package func answer(_ fault: Fault, allowed: [String] = []) -> Answer {
    guard let form = faults[fault.kind], let body = bodies[form.body] else {
      return Answer(status: 500, headers: [("content-type", "text/plain")], body: fault.text)
    }
    var headers: [(name: String, value: String)] = [("content-type", body.type)]
    headers += form.headers.map { (name: $0.0.lowercased(), value: $0.1) }
    if !fault.challenges { headers.removeAll { $0.name == "www-authenticate" } }
    if form.allow, !allowed.isEmpty { headers.append(("allow", allowed.joined(separator: ", "))) }
    var said = fault
    if let says = form.says { said.text = says }
    return Answer(status: form.status, headers: headers, body: fill(body, said, form))
  }

  /// A body filled in, whatever fault would use it.
  func answer(_ fault: Fault, as body: Body) -> String {
    fill(
      body, fault,
      FaultAnswer(status: 500, body: "", kind: "1", title: "title", says: nil, headers: [], allow: false))
  }

  private func fill(_ body: Body, _ fault: Fault, _ form: FaultAnswer) -> String {
    let spell: (String) -> String
    if body.type.contains("json") {
      spell = { JSON.string($0).compact }
    } else if body.type.contains("html") {
      spell = escapedForHTML
    } else {
      spell = { $0 }
    }
    let details = fault.field.map { JSON.object([JSON.Member("field", .string($0))]) } ?? .object([])
    let places: [String: String] = [
      "text": spell(fault.text), "plain": spell(fault.text), "title": spell(form.title),
      "kind": spell(fault.word ?? form.kind), "number": form.kind,
      "fault": spell(fault.kind.rawValue), "status": "\(form.status)", "details": details.compact,
      "field": fault.field.map { spell($0) } ?? (body.type.contains("json") ? "null" : ""),
    ]
    var result = ""
    var rest = Substring(body.text)
    while let open = rest.firstIndex(of: "{") {
      result += rest[..<open]
      let after = rest[rest.index(after: open)...]
      if let close = after.firstIndex(of: "}"), let value = places[String(after[..<close])] {
        result += value
        rest = after[after.index(after: close)...]
      } else {
        result += "{"
        rest = after
      }
    }
    return result + rest
  }

  private func escapedForHTML(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "&": result += "&amp;"
      case "\"": result += "&quot;"
      default: result.append(character)
      }
    }
    return result
  }
}
