import JobModel
import Wire

/// Translating whole documents on paper: from one dialect to another through the hub, with everything it costs. The same
/// readers, writers and rules as on the wire; text in, text out.
package struct Translation {
  /// A dialect in one of its profiles.
  package struct Side {
    package var codec: Codec
    package var profile: String

    /// A side.
    package init(_ codec: Codec, profile: String? = nil) {
      self.codec = codec
      self.profile = profile ?? codec.dialect.defaultProfile
    }
  }

  package var from: Side
  package var to: Side
  /// What the gateway knows beside the document: its public address, the account.
  package var context: [Field: String]
  /// Called between reading and writing: a phrasebook, for requests.
  package var rephrase: (Job) throws -> Void = { _ in }

  /// A translation between two sides.
  package init(from: Side, to: Side, context: [Field: String] = [:]) {
    self.from = from
    self.to = to
    self.context = context
  }

  /// What came out.
  package struct Written {
    package var text: String
    package var losses: [Loss]
  }

  /// Translates one document of a kind: `job`, `jobs`, `submit`, `nodes`, `fault`, and writes it as one of another kind,
  /// if asked to. Throws a `Fault`.
  package func translate(_ text: String, what: String, as other: String? = nil) throws -> Written {
    var copy = text
    return try copy.withUTF8 { try translate(UnsafeRawBufferPointer($0), what: what, as: other ?? what) }
  }

  private func translate(_ body: UnsafeRawBufferPointer, what: String, as other: String) throws -> Written {
    guard from.codec.dialect.documents[what] != nil else { throw missing(from.codec.dialect, what) }
    guard to.codec.dialect.documents[other] != nil else { throw missing(to.codec.dialect, other) }
    if let entries = from.codec.entries(what) { return try list(body, what: what, entries: entries) }
    let job = Job()
    let name = from.codec.document(what, of: body)
    let source = try read(body, as: name, into: job)
    try rephrase(job)
    let target = to.codec.document(other, for: job.kind)
    let written = try write(job, as: target, source: source)
    return Written(text: written.compact, losses: losses(job, target: target, source: name, what: other))
  }

  func missing(_ dialect: Dialect, _ what: String) -> Fault {
    let known = dialect.documents.keys.sorted().joined(separator: ", ")
    return Fault(.unsupported, "\(dialect.name) has no document '\(what)'; it has \(known)")
  }

  /// Reads a document, and seals what its own writer would not say again.
  func read(_ body: UnsafeRawBufferPointer, as name: String, into job: Job) throws -> JSON {
    guard let reader = from.codec.reader(name) else { throw missing(from.codec.dialect, name) }
    try reader.read(body, into: job)
    addContext(job)
    makeDefaultsReal(name, job)
    let document = try parsed(body)
    guard to.codec.dialect.isCanonical || to.codec.dialect.name == from.codec.dialect.name else { return document }
    if let writer = from.codec.writer(name, profile: from.profile) {
      let own = try json(writer, job)
      job.foreign += Sealing.seal(document, over: own, dialect: from.codec.dialect.name, name: name)
    }
    return document
  }

  /// What the caller's platform takes for a request without a field, where the other side can be told.
  private func makeDefaultsReal(_ name: String, _ job: Job) {
    guard let document = from.codec.dialect.documents[name], document.request != nil,
      to.codec.dialect.name != from.codec.dialect.name,
      let writer = to.codec.writer(to.codec.document("submit", for: job.kind), profile: to.profile)
    else { return }
    job.take(document.standards, carried: writer.carries)
  }

  func addContext(_ job: Job) {
    for (field, value) in context where !job.has(field) { job.set(field, text: value) }
  }

  func write(_ job: Job, as name: String, source: JSON) throws -> JSON {
    guard let writer = to.codec.writer(name, profile: to.profile) else { throw missing(to.codec.dialect, name) }
    let written = try json(writer, job)
    let isSame = to.codec.dialect.name == from.codec.dialect.name && to.profile == from.profile
    if isSame, from.codec.dialect.isCanonical, name == "job" || name == "submit" { return source }
    return Sealing.open(job.foreign, in: written, dialect: to.codec.dialect.name, name: name)
  }

  func json(_ writer: Writer, _ job: Job) throws -> JSON {
    let output = Output()
    writer.write(job, to: output)
    return try parsed(output.written)
  }

  func parsed(_ bytes: UnsafeRawBufferPointer) throws -> JSON {
    do { return try JSON(parsing: bytes, duplicates: .lastWins) } catch {
      let place = error.position(in: bytes)
      throw Fault(.malformed, "line \(place.line), column \(place.column): \(error.description)")
    }
  }

  func losses(_ job: Job, target: String, source: String, what: String) -> [Loss] {
    guard let writer = to.codec.writer(target, profile: to.profile) else { return [] }
    let kind = what == "jobs" ? "job" : what
    let beside = kind == "job" ? to.codec.writer("nodes", profile: to.profile) : nil
    return Losses(from: from.codec.dialect, to: to.codec.dialect, writer: writer, document: kind, beside: beside)
      .of(job, reader: from.codec.reader(source))
  }
}
