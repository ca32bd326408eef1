import Glibc

/// Says that a ledger has an owner: a second server on the same file would take the first one's jobs for crashed.
///
/// It is a lock of its own (`flock`), which SQLite's locks do not know: looking at the file and backing it up stay possible.
/// The kernel lets go of it with the process, however that ends.
final class OwnerLock: Sendable {
  private let file: Int32

  /// Makes the file if need be, readable by its owner only, for SQLite would make it with the process's mask, and jobs'
  /// documents may hold secrets. Throws `.busy` when another ledger has it.
  init(path: String) throws(LedgerFault) {
    let opened = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw .io(String(cString: strerror(errno))) }
    // A process that was just being born when the last owner let go may hold the file for a moment still.
    var tries = 20
    while flock(opened, LOCK_EX | LOCK_NB) != 0 {
      let why = errno
      tries -= 1
      if why == EINTR || (why == EWOULDBLOCK && tries > 0) {
        usleep(50_000)
        continue
      }
      Glibc.close(opened)
      throw why == EWOULDBLOCK ? .busy : .io(String(cString: strerror(why)))
    }
    file = opened
  }

  // Not before SQLite has closed the file: closing any descriptor of it drops the process's other locks on it.
  deinit { Glibc.close(file) }
}
