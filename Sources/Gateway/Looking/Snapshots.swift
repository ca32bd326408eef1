import Ledger
import Mapping
import Synchronization

/// A job as it is kept: its canonical document, and whose it is.
struct Stored: Sendable {
  /// The ledger's number for it.
  let number: Int64
  var document: [UInt8]
  /// The dialect it came in by, and the organization or account it belongs to there.
  let dialect: String
  let scope: String
  /// The backend that owns it, and its id there; nil while nobody knows that.
  let backend: Int64
  var backendID: String?
  /// Its numbers in the rows of dialects whose callers count jobs.
  var rowNumbers: [String: Int64]
  /// What its platform last said of it: all of that is in the document.
  var answers: Backend.Answers?
  /// What its platform's list last said of it: all of that, too.
  var entry: LastAnswer?
  /// Nothing more will happen to it.
  var isOver: Bool

  /// Bytes that it takes in memory.
  var weight: Int { document.count + (answers?.weight ?? 0) + (entry?.body.count ?? 0) }

  /// Notes what its platform has said.
  mutating func note(_ said: Backend.Said?) {
    switch said {
    case .entry(let found): entry = found
    case .answers(let found): answers = found
    case nil: answers = nil
    }
  }

  /// Whether that is noted already.
  func notes(_ said: Backend.Said?) -> Bool {
    switch said {
    case .entry(let found): entry == found
    case .answers(let found): answers == found
    case nil: answers == nil
    }
  }

  /// As the ledger has it.
  init(_ record: JobRecord) {
    number = record.number
    document = record.document
    dialect = record.dialect
    scope = record.scope
    backend = record.backend
    backendID = record.backendID
    rowNumbers = record.rowNumbers
    isOver = record.phase.isOver
  }

  /// Whether a caller may know of it: an organization's or account's job does not exist for another one. Dialects without
  /// any see all; where nobody is asked who they are, so do those who speak another dialect.
  func isVisible(to visit: Visit) -> Bool {
    let own = visit.parameters.account
    if dialect == visit.spoken.codec.dialect.name { return scope == own }
    return visit.isOnTrust || own.isEmpty || scope.isEmpty || scope == own
  }
}

/// A job as it stands on disk. A class: an event loop that holds one needs no lock to know whether it is the latest.
package final class Snapshot: Sendable {
  let stored: Stored
  private let latest: Atomic<Bool>
  private let written = Mutex<ListEntry?>(nil)

  fileprivate init(_ stored: Stored, isLatest: Bool = true) {
    self.stored = stored
    latest = Atomic(isLatest)
  }

  /// A job that nobody watches, as the ledger has it: it is not kept, and never counts as the latest.
  convenience init(_ record: JobRecord) { self.init(Stored(record), isLatest: false) }

  /// Whether nothing newer is known.
  package var isLatest: Bool { latest.load(ordering: .acquiring) }

  /// The job as an entry of a list, as it was last written.
  var listEntry: ListEntry? { written.withLock { $0 } }

  fileprivate func outdate() { latest.store(false, ordering: .releasing) }

  /// Returns how many bytes more that are.
  fileprivate func keep(_ entry: ListEntry) -> Int {
    written.withLock { kept in
      defer { kept = entry }
      return entry.weight - (kept?.weight ?? 0)
    }
  }

  /// Bytes that it takes in memory.
  fileprivate var weight: Int { stored.weight + (listEntry?.weight ?? 0) }
}

/// The latest durable canonical document of each job that is being looked at, for the event loops: what stands here is
/// on disk already. Bounded; what falls out is read from the ledger again.
package final class Snapshots: Sendable {
  private struct State {
    var snapshots: [Int64: Snapshot] = [:]
    var order: [Int64] = []
    var bytes = 0
  }

  private let state = Mutex(State())
  private let most: Int

  /// A cache of at most so many bytes of documents.
  package init(most: Int = 64 << 20) { self.most = most }

  /// The document of a job, if it is here.
  subscript(number: Int64) -> Stored? { latest(number)?.stored }

  /// The same, to be held on to.
  package func latest(_ number: Int64) -> Snapshot? { state.withLock { $0.snapshots[number] } }

  /// The same of many jobs, in their order; nil for those that are not here.
  func latest(_ numbers: [Int64]) -> [Snapshot?] { state.withLock { state in numbers.map { state.snapshots[$0] } } }

  /// Keeps a job as it has been written for a list, for the next one.
  func keep(_ entry: ListEntry, of snapshot: Snapshot) {
    state.withLock { state in
      if snapshot.isLatest { state.bytes += snapshot.keep(entry) }
    }
  }

  /// Lets go of a job that is no more.
  func forget(_ number: Int64) {
    state.withLock { state in
      guard let old = state.snapshots.removeValue(forKey: number) else { return }
      old.outdate()
      state.bytes -= old.weight
      state.order.removeAll { $0 == number }
    }
  }

  /// Keeps a job as the ledger has it.
  package func put(_ record: JobRecord) { put(record.number, Stored(record)) }

  /// Keeps a document; the ones that came first make room.
  func put(_ number: Int64, _ document: Stored) {
    state.withLock { state in
      if let old = state.snapshots.updateValue(Snapshot(document), forKey: number) {
        old.outdate()
        state.bytes -= old.weight
      } else {
        state.order.append(number)
      }
      state.bytes += document.weight
      guard state.bytes > most else { return }
      var dropped = 0
      while state.bytes > most / 2, dropped < state.order.count - 1 {
        if let old = state.snapshots.removeValue(forKey: state.order[dropped]) {
          old.outdate()
          state.bytes -= old.weight
        }
        dropped += 1
      }
      state.order.removeFirst(dropped)
    }
  }
}
