import JobModel
import Wire

/// A list of jobs: its entries one by one, and what stands around them.
extension Translation {
  func list(_ body: UnsafeRawBufferPointer, what: String, entries: Entries) throws -> Written {
    let ranges = try entries.ranges(body)
    guard let target = to.codec.entries(what), let around = to.codec.writer(what, profile: to.profile) else {
      throw missing(to.codec.dialect, what)
    }
    let page = try self.page(body, what: what, entries: entries, count: ranges.count)
    addOrder(to.codec.dialect, page)
    var found: [Loss] = []
    var translated: [JSON] = []
    let job = Job()
    for range in ranges {
      job.reset()
      let source = try read(UnsafeRawBufferPointer(rebasing: body[range]), as: entries.document, into: job)
      translated.append(try write(job, as: target.document, source: source))
      for loss in losses(job, target: target.document, source: entries.document, what: what)
      where !found.contains(loss) { found.append(loss) }
    }
    guard let member = target.member else { return Written(text: JSON.array(translated).compact, losses: found) }
    let frame = Sealing.open(page.foreign, in: try self.frame(around, page), dialect: to.codec.dialect.name, name: what)
    return Written(text: filled(frame, member, .array(translated)).compact, losses: found)
  }

  /// What stands around the entries; what its own writer would not say again is sealed.
  private func page(_ body: UnsafeRawBufferPointer, what: String, entries: Entries, count: Int) throws -> Job {
    let page = Job()
    if entries.member != nil { try from.codec.reader(what)?.read(body, into: page) }
    addContext(page)
    for (field, number) in [(Field.offset, 0), (.limit, count), (.total, count)] where !page.has(field) {
      page.set(field, integer: Int64(number))
    }
    guard let member = entries.member, let writer = from.codec.writer(what, profile: from.profile),
      to.codec.dialect.isCanonical || to.codec.dialect.name == from.codec.dialect.name
    else { return page }
    let said = (page.has(.order), page.has(.orderBy))
    addOrder(from.codec.dialect, page)
    let own = try frame(writer, page)
    page.foreign += Sealing.seal(
      filled(try parsed(body), member, .array([])), over: own, dialect: from.codec.dialect.name, name: what)
    if !said.0 { page.clear(.order) }
    if !said.1 { page.clear(.orderBy) }
    return page
  }

  /// The order that a platform has when nobody asks for one; the hub only says what was said.
  private func addOrder(_ dialect: Dialect, _ page: Job) {
    guard !dialect.isCanonical, let order = dialect.operations.first(where: { $0.kind == .list })?.page else { return }
    if !page.has(.order) { page.set(.order, text: order.ascending ? "asc" : "desc") }
    if !page.has(.orderBy) { page.set(.orderBy, text: order.by) }
  }

  private func frame(_ writer: Writer, _ page: Job) throws -> JSON {
    let output = Output()
    writer.begin(page, to: output)
    writer.end(page, to: output)
    return try parsed(output.written)
  }

  /// The same object with another array of entries, where it has one.
  private func filled(_ frame: JSON, _ member: String, _ entries: JSON) -> JSON {
    guard var members = frame.members else { return frame }
    for index in members.indices where members[index].name == member { members[index].value = entries }
    return .object(members)
  }
}
