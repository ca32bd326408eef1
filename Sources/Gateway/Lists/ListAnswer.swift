import JobModel
import Mapping
import Telemetry
import Transport
import Wire

/// The answer to a list request, as it is written: what stands around the entries, and the entries as they come.
///
/// `@unchecked`: touched on the exchange's loop only.
final class ListAnswer: @unchecked Sendable {
  private let front: Front
  private let visit: Visit
  private let wanted: Listed
  private let around: Writer
  private let entry: Writer
  private let page = Job()
  private var hasBegun = false
  /// Separators and brackets look back at the byte before them.
  private var last: UInt8 = 0
  private var sent = 0
  private var losses: [Loss] = []
  private var known: Set<Loss> = []
  /// Of the entry before: jobs of a list mostly lose the same.
  private var latest: [Loss] = []
  /// One entry by itself.
  private let alone = Output(capacity: 4096)

  /// Nil when the operation has no list of jobs.
  init?(_ front: Front, _ visit: Visit, _ wanted: Listed) {
    guard let name = visit.act.operation.document,
      let around = visit.spoken.codec.writer(name, profile: visit.profile),
      let entries = visit.spoken.codec.entries(name),
      let entry = visit.spoken.codec.writer(entries.document, profile: visit.profile)
    else { return nil }
    self.front = front
    self.visit = visit
    self.wanted = wanted
    self.around = around
    self.entry = entry
  }

  /// Writes a portion. The header names the losses of the first one.
  func write(_ portion: ListedJobs.Portion, _ exchange: Exchange) {
    guard let loop = exchange.context as? Front.LoopState else { return }
    let passage = front.acted(visit)
    wanted.describe(page, total: portion.total)
    let isFirst = !hasBegun
    hasBegun = true
    loop.output.clear()
    if isFirst { around.begin(page, to: loop.output) } else { loop.output.byte(last) }
    for entry in portion.entries { write(entry, loop) }
    if portion.isLast { around.end(page, to: loop.output) }
    if isFirst {
      front.begin(exchange, visit.act.operation.status, passage)
      front.addType(exchange, visit)
      if !losses.isEmpty { front.add("dragoman-loss", Front.header(losses, in: "list"), to: exchange) }
    }
    // The byte that is looked back at waits until there is one behind it.
    last = loop.output.last
    let written = loop.output.written
    let bytes = portion.isLast ? written : UnsafeRawBufferPointer(rebasing: written.dropLast())
    exchange.append(bytes)
    sent += bytes.count
    if portion.isLast {
      front.conclude(
        exchange,
        Conclusion(
          passage: passage, status: visit.act.operation.status, bytes: sent, visit: visit,
          losses: AccessLosses(losses)))
      exchange.finish()
    }
    loop.output.trim(to: 1 << 20)
  }

  private func write(_ listed: ListedJobs.Entry, _ loop: Front.LoopState) {
    let site = front.site
    switch listed {
    case .kept(let snapshot): return write(snapshot, loop)
    case .seen(let document):
      guard (try? site.hub.load(document, into: loop.job)) != nil else { return }
      front.present(loop.job, visit)
    case .passed(let bytes):
      around.separate(loop.output)
      return bytes.withUnsafeBytes(loop.output.bytes)
    }
    around.separate(loop.output)
    entry.write(loop.job, to: loop.output)
  }

  /// A job of the ledger: as it was written for the list before, if nothing has happened since.
  private func write(_ snapshot: Snapshot, _ loop: Front.LoopState) {
    if let known = snapshot.listEntry, known.isFor(visit) {
      lose(known.losses)
      around.separate(loop.output)
      return known.text.write(to: loop.output, at: front.site.now())
    }
    let (job, stored) = (loop.job, snapshot.stored)
    guard (try? front.site.hub.load(stored.document, into: job)) != nil else { return }
    let lost = front.lost(job, stored.backend, visit)
    lose(lost)
    let shown = front.present(job, visit, stored)
    alone.clear()
    entry.write(job, to: alone)
    around.separate(loop.output)
    loop.output.bytes(alone.written)
    guard snapshot.isLatest else { return }
    let text = Watched.Text(alone, shown) { time in
      job.set(.elapsed, text: time)
      self.entry.write(job, to: self.alone)
    }
    if let text { front.site.snapshots.keep(ListEntry(text, lost, visit), of: snapshot) }
  }

  /// What the list will not say of a job, each loss once.
  private func lose(_ lost: [Loss]) {
    guard !lost.isEmpty, lost != latest else { return }
    latest = lost
    for loss in lost where known.insert(loss).inserted { losses.append(loss) }
  }
}
