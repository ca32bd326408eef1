import JobModel
import Wire

/// What a dialect's mapping says beside its documents, in lines for people: everything a gateway acts on.
extension Dialect {
  /// One fact a line.
  package var summary: String {
    var lines = ["\(name): \(about)\(isCanonical ? ", the hub written out" : "")"]
    func say(_ name: String, _ parts: [String]) {
      if !parts.isEmpty { lines.append("\(name) " + parts.joined(separator: ", ")) }
    }
    say("profiles", profiles)
    say("choose", choices.map { "\($0.profile) by \($0.header)" + ($0.has.map { " with \($0)" } ?? "") })
    say("prefixes", prefixes)
    say("ids", ids.map(\.rawValue) + (countsJobs ? ["without gaps"] : []))
    say("success", [success.word] + (success.nodes.isEmpty ? [] : ["nodes " + success.nodes.joined(separator: " ")]))
    say("dishonest", dishonest.map { [$0.name] } ?? [])
    say("outcome", pairs(outcomes.mapValues(\.rawValue)) + pairs(nodeOutcomes.mapValues(\.rawValue)))
    say("unknown", [unknownIsOver ? "over" : "open"])
    say("neutral", pairs(neutral))
    say("defaults", standards)
    say(
      "carrier",
      carrier.map { ["\($0.field) \($0.name)" + (carrierNeedsLeave ? " where a route allows it" : "")] } ?? [])
    say("produces", [produces])
    say("accepts", accepts)
    say("consumes", pairs(consumes))
    say("checks", checks.map(\.rawValue))
    say("credential", credential.map { [$0.rawValue] } ?? [])
    say("size", ["\(size)"])
    lines += operations.map(\.summary)
    return lines.joined(separator: "\n")
  }

  private func pairs(_ values: [String: String]) -> [String] {
    values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
  }

  private var standards: [String] {
    documents.keys.sorted().flatMap { name in
      (documents[name]?.standards ?? []).map { "\(name) \($0.field.name) \($0.value)" }
    }
  }

  /// What a request is in this dialect, in one line: the operation, its parameters, the profile it is answered in.
  func found(method: String, path: String, profile: String, ids codes: JobIDs) -> String {
    var path = path
    let bare = path.firstIndex(of: "?").map { String(path[..<$0]) } ?? path
    path = bare
    let routes = Routes(self)
    let isOwn = path.withUTF8 { text in
      let bytes = UnsafeRawBufferPointer(text)
      return routes.fit(bytes, Segments(bytes)) != nil
    }
    guard isOwn else { return "another dialect's path" }
    switch routes.match(method: method, path: path) {
    case .none: return "unknown-route"
    case .method(let allowed): return "method, allowed " + allowed.joined(separator: ", ")
    case .operation(let index, let parameters):
      var line = operations[index].name
      if !parameters.account.isEmpty { line += " account=\(parameters.account)" }
      if !parameters.job.isEmpty { line += " job=\(hubID(parameters.job, codes) ?? "(no id of \(name))")" }
      if !parameters.node.isEmpty { line += " node=\(parameters.node)" }
      if !parameters.channel.isEmpty { line += " channel=\(parameters.channel)" }
      return line + " profile=\(profile)"
    }
  }
}

extension Operation {
  /// The operation in one line.
  var summary: String {
    let segments = path.map {
      if case .literal(let text) = $0 { text } else if case .parameter(let name) = $0 { "{\(name)}" } else { "" }
    }
    var line = "\(name): \(method) /" + segments.joined(separator: "/")
    if let reads { line += ", reads \(reads)" }
    line += ", answers \(status)" + (document.map { " \($0)" } ?? "") + (type.map { " \($0)" } ?? "")
    if !location.isEmpty { line += " at " + location.map(\.summary).joined() }
    if let page { line += ", page " + page.summary }
    if let onlyWith {
      line +=
        ", \(onlyWith.field.name) only with ?\(onlyWith.query)"
        + (onlyWith.hides.map { " instead of \($0.name)" } ?? "")
    }
    if overIsIgnored { line += ", also when over" }
    return line + ", repeat \(self.repeat.rawValue)"
  }
}

extension Operation.Page {
  /// The rules of paging in a few words.
  var summary: String {
    var parts: [String] = []
    if let offset { parts.append("?\(offset)") }
    if let limit {
      let standard = standard.map { "=\($0)" } ?? ""
      parts.append("?\(limit)\(standard)" + (most.map { " at most \($0)" } ?? "") + (clamps ? " clamped" : ""))
    }
    if let phase { parts.append("?\(phase)") }
    if let since { parts.append("?\(since)") }
    if let start { parts.append("?\(start)") }
    parts.append("by \(by) \(ascending ? "asc" : "desc")")
    if let direction { parts.append("?\(direction)") }
    if let sort {
      parts.append(
        "?\(sort) of " + sorts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " "))
    }
    return parts.joined(separator: " ")
  }
}

extension Piece {
  /// As it stands in a template.
  var summary: String {
    switch self {
    case .literal(let text): text
    case .value(let target): "{\(target.name)}"
    }
  }
}
