import GRDB
import Glibc

/// Why a backup was not made. Nothing stands at its destination then.
package enum BackupFault: Error, Sendable, Equatable {
  /// Something stands at the destination already.
  case exists(String)
  /// Another backup to the same destination is under way.
  case underWay(String)
  /// The destination cannot be written: its path, and why.
  case destination(String, String)
  /// The ledger cannot be read.
  case source(LedgerFault)

  init(_ error: any Error, _ destination: String) {
    if let fault = error as? BackupFault {
      self = fault
    } else {
      let fault = LedgerFault(error)
      // Nothing is written but the copy.
      self = fault == .full ? .destination(destination, "no room left on the device") : .source(fault)
    }
  }

  /// For an operator: what is wrong, and what to do. `source` is the ledger's path.
  package func explained(_ source: String) -> String {
    switch self {
    case .exists(let path): "\(path): exists already, and a backup never overwrites; name a file that does not exist"
    case .underWay(let path): "\(path): another backup to this file is under way"
    case .destination(let path, let why): "\(path): cannot be written: \(why)"
    case .source(let fault): fault.explained(source)
    }
  }
}

extension Ledger {
  /// Copies the ledger as it stands at one moment, while it goes on working. The log grows meanwhile.
  ///
  /// - Parameters:
  ///   - destination: the copy's path, at which there must be nothing.
  ///   - progress: told how many pages of how many have been copied.
  package func backup(
    to destination: String, progress: @escaping @Sendable (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) async throws(BackupFault) {
    do { try await pool.read { db in try Backup.run(db, to: destination, progress: progress) } } catch {
      throw BackupFault(error, destination)
    }
  }
}

/// A copy is made under another name, synced and only then given its own: a backup of that name is a whole one.
enum Backup {
  /// 256 pages are a megabyte: progress is told about that often.
  private static let step: Int32 = 256

  static func run(_ source: Database, to destination: String, progress: (Int, Int) -> Void) throws {
    var state = stat()
    guard lstat(destination, &state) != 0 else { throw BackupFault.exists(destination) }
    let part = destination + ".partial"
    let file = open(part, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw broken(destination) }
    defer { close(file) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { throw BackupFault.underWay(destination) }
    defer { unlink(part) }
    // What a backup that was killed has left.
    guard ftruncate(file, 0) == 0 else { throw broken(destination) }
    try copy(source, to: part, progress: progress)
    guard fsync(file) == 0 else { throw broken(destination) }
    // Not rename, which overwrites.
    guard link(part, destination) == 0 else {
      throw errno == EEXIST ? BackupFault.exists(destination) : broken(destination)
    }
    try syncFolder(of: destination)
  }

  private static func copy(_ source: Database, to part: String, progress: (Int, Int) -> Void) throws {
    // From the first read on the transaction sees one state: else every commit would start the copy anew.
    _ = try Int.fetchOne(source, sql: "SELECT count(*) FROM sqlite_master")
    let target = try DatabaseQueue(path: part)
    try target.inDatabase { db in
      // Nobody needs half a copy: it is synced once, at the end.
      try db.execute(sql: "PRAGMA synchronous = OFF")
      _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = MEMORY")
      try withoutActuallyEscaping(progress) { progress in
        try source.backup(to: db, pagesPerStep: step) { progress($0.completedPageCount, $0.totalPageCount) }
      }
      // The copy says that it has a log beside it. Without, it is one file, and can be looked at where nothing may be written.
      _ = try String.fetchOne(db, sql: "PRAGMA locking_mode = EXCLUSIVE")
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
      guard mode == "delete" else { throw LedgerFault.io("the copy cannot be closed") }
    }
    try target.close()
  }

  private static func syncFolder(of path: String) throws {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
    let opened = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { throw broken(path) }
    defer { close(opened) }
    guard fsync(opened) == 0 else { throw broken(path) }
  }

  private static func broken(_ path: String) -> BackupFault { .destination(path, String(cString: strerror(errno))) }
}
