import Glibc
import Ledger
import Testing

/// A ledger's files at one moment: the file, and the log of what has not been moved into it yet.
struct Picture {
  private static let page = 4096
  private static let frame = 24 + page

  private var file: [UInt8]
  private var log: [UInt8]

  init(path: String, logFirst: Bool) {
    if logFirst {
      log = Disk.bytes(path + "-wal")
      file = Disk.bytes(path)
    } else {
      file = Disk.bytes(path)
      log = Disk.bytes(path + "-wal")
    }
  }

  /// Puts the files where a ledger can be opened.
  func hang(_ path: String) throws {
    unlink(path + "-shm")
    Disk.put(file, path)
    Disk.put(log, path + "-wal")
  }

  /// Where the log ends: frames after that are of an earlier round.
  var written: Int { commits.last ?? 32 }

  /// Where each commit ends in the log. A frame is a page with a head: the page's number, the file's size if it ends a
  /// commit, and two numbers that the log's own head has too if the frame is of this round.
  private var commits: [Int] {
    var found: [Int] = []
    var at = 32
    while at + Self.frame <= log.count, log[at + 8..<at + 16] == log[16..<24] {
      if log[at + 4..<at + 8].contains(where: { $0 != 0 }) { found.append(at + Self.frame) }
      at += Self.frame
    }
    return found
  }

  /// How much of the log must have been synced, for callers had been told: the shortest part that has all they heard.
  func synced(_ told: Told, _ shelf: Shelf) async throws -> Int {
    let ends = [32] + commits
    var (short, long) = (0, ends.count - 1)
    while short < long {
      let middle = (short + long) / 2
      var part = self
      part.log = Array(log.prefix(ends[middle]))
      try part.hang(shelf.path)
      let ledger = try shelf.open()
      if try await told.isIn(ledger) { long = middle } else { short = middle + 1 }
      try await ledger.close()
    }
    return ends[long]
  }

  /// The same, as the disk may also have it: of the log only this much is sure; the rest is cut off somewhere, and spoilt
  /// somewhere before that. Pages that are in the sure part may just be on their way into the file, and be spoilt there. (The
  /// first has the file's head, which disks write as a whole.)
  func torn(from sure: Int) throws -> Picture {
    var torn = self
    if sure < log.count {
      torn.log = Array(log.prefix(Int.random(in: sure...log.count)))
      for at in stride(from: sure, to: torn.log.count, by: 512) where Bool.random() {
        torn.log.spoil(at..<min(at + 512, torn.log.count))
      }
    }
    for at in stride(from: 32, to: sure, by: Self.frame) where Bool.random() {
      let number = log[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let place = (number - 1) * Self.page
      guard number > 1, place + Self.page <= file.count else { continue }
      let from = place + Int.random(in: 0..<8) * 512
      torn.file.spoil(from..<place + Self.page)
    }
    return torn
  }
}

extension [UInt8] {
  /// Puts nonsense into a part, the same length of it.
  fileprivate mutating func spoil(_ part: Range<Int>) {
    replaceSubrange(part, with: repeatElement(UInt8.random(in: 0...255), count: part.count))
  }
}

/// What callers had been told before the power failed.
struct Told {
  /// How many jobs that are over are never pruned.
  static let kept = 100

  var open: Set<Int64> = []
  var over: Set<Int64> = []
  var gone: Set<Int64> = []

  /// Takes a line of the writing process in; false when it says nothing of a job.
  mutating func hear(_ line: String) -> Bool {
    let words = line.split(separator: " ")
    guard words.count == 3, let number = Int64(words[1]) else { return false }
    switch words[0] {
    case "OPEN": open.insert(number)
    case "OVER": over.insert(number)
    case "GONE": gone.insert(number)
    default: return false
    }
    return true
  }

  /// Whether a ledger has all of it. Jobs may be pruned before anybody is told, but not as long as there are few.
  func isIn(_ ledger: Ledger) async throws -> Bool {
    // A picture that was cut too short for what was synced may be no ledger any more.
    guard let stats = try? await ledger.stats() else { return false }
    let rows = try await ledger.page(JobPageRequest()).rows
    let found = Set(rows.map(\.number))
    let ended = Set(rows.filter(\.phase.isOver).map(\.number))
    let left = over.subtracting(gone)
    // What is pruned is old: the number that was given last is known in any case.
    guard stats.lastNumber >= open.union(over).max() ?? 0 else { return false }
    return open.isSubset(of: found.subtracting(ended)) && found.isDisjoint(with: gone)
      && (left.isSubset(of: ended) || ended.count >= Self.kept && left.intersection(found).isSubset(of: ended))
  }

  func expect(in shelf: Shelf) async throws {
    let ledger = try shelf.open()
    #expect(try await isIn(ledger))
    let highest = try await ledger.stats().lastNumber
    #expect(highest >= open.union(over).max() ?? 0)
    #expect(try await ledger.add() == highest + 1)
    try await ledger.close()
    let findings = try shelf.findings()
    #expect(findings == [], "\(findings)")
  }
}

/// A part of the list as a caller reads it: which jobs, then the jobs.
extension Ledger {
  func page(_ request: JobPageRequest) async throws(LedgerFault) -> (rows: [JobRecord], total: Int?) {
    let index = try await index(request)
    return (try await records(index.numbers), index.total)
  }
}
