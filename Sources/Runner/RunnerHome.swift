import Glibc

/// The directory a runner has to itself, while it holds it.
final class RunnerHome: Sendable {
  let path: String
  /// What tells it from every other directory of this machine, until the machine is started again.
  let identity: String
  /// It was not there before.
  let isNew: Bool
  private let file: Int32

  /// Makes it when it is missing, and takes it. Another runner that lives there is an error.
  init(_ path: String) throws(SystemFault) {
    isNew = access(path, F_OK) != 0
    try Directories.make(path, mode: 0o700)
    let file = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard file >= 0 else { throw SystemFault("open \(path)") }
    var state = stat()
    guard fstat(file, &state) == 0 else {
      close(file)
      throw SystemFault("stat \(path)")
    }
    // A gateway that was killed may hold it a moment longer, through a process it was just starting.
    var tries = 0
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      tries += 1
      guard errno == EWOULDBLOCK || errno == EINTR, tries < 40 else {
        close(file)
        throw SystemFault("another runner uses \(path)")
      }
      usleep(50_000)
    }
    self.path = path
    self.file = file
    identity = String(UInt64(state.st_dev), radix: 16) + "-" + String(UInt64(state.st_ino), radix: 16)
  }

  deinit { close(file) }
}
