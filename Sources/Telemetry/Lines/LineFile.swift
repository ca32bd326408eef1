import Glibc

/// An open file that lines are added to: belongs to one thread. No call blocks for longer than `patience`, as far as the
/// system lets one know; a disk that hangs does.
final class LineFile {
  private let target: LogTarget
  private let mode: mode_t
  private let isDurable: Bool
  private var descriptor: Int32
  private var kind: Kind
  /// The file ends in the middle of a line, from a process that was killed or a disk that was full.
  private var endsOpen = false

  /// Bytes that were written since the last piece was sent to the disk.
  private var loose = 0

  private enum Kind { case regular, other, socket, inherited }

  /// What became of bytes.
  enum Written { case some(Int), notNow, failed(Int32) }

  /// Milliseconds.
  static let patience: Int32 = 200

  /// Bytes that are sent to the disk at a time.
  private static let piece = 4 << 20

  /// Pieces until the disk has surely taken one; what takes longer stays in memory until the system sees to it.
  private static let pieces = 16

  /// Opens the file. The umask may take bits of the mode away. `isDurable`: `sync` is going to be called.
  init(_ target: LogTarget, mode: mode_t, isDurable: Bool) throws(LogFault) {
    self.target = target
    self.mode = mode
    self.isDurable = isDurable
    let opened = LineFile.open(target, mode)
    guard opened >= 0 else { throw LogFault(target, errno) }
    descriptor = opened
    kind = .other
    settle()
  }

  deinit { close(descriptor) }

  private static func open(_ target: LogTarget, _ mode: mode_t) -> Int32 {
    switch target {
    case .standardOutput: fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    // Without O_NONBLOCK a named pipe that nobody reads would hold the start.
    case .file(let path): Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, mode)
    }
  }

  /// Learns what was opened.
  private func settle() {
    endsOpen = false
    var info = stat()
    fstat(descriptor, &info)
    switch info.st_mode & S_IFMT {
    case S_IFREG: kind = .regular
    case S_IFSOCK: kind = .socket
    default: kind = target == .standardOutput ? .inherited : .other
    }
    loose = 0
    guard kind == .regular, case .file(let path) = target else { return }
    if info.st_size > 0 { endsOpen = !LineFile.endsInNewline(path, size: info.st_size) }
    if isDurable { LineFile.syncFolder(of: path) }
  }

  private static func endsInNewline(_ path: String, size: off_t) -> Bool {
    let reader = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard reader >= 0 else { return true }
    defer { close(reader) }
    var last: UInt8 = 0
    return pread(reader, &last, 1, size - 1) != 1 || last == UInt8(ascii: "\n")
  }

  /// A new file's name has to be on disk, too.
  private static func syncFolder(of path: String) {
    let folder = path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let opened = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard opened >= 0 else { return }
    fsync(opened)
    close(opened)
  }

  /// Opens the path anew, for somebody has moved the file. Tells whether another file is open now; when the new one cannot
  /// be opened, the old one goes on. Throws why.
  func reopen() throws(LogFault) -> Bool {
    if target == .standardOutput { return false }
    let opened = LineFile.open(target, mode)
    guard opened >= 0 else { throw LogFault(target, errno) }
    var old = stat()
    var new = stat()
    fstat(descriptor, &old)
    fstat(opened, &new)
    if old.st_dev == new.st_dev, old.st_ino == new.st_ino {
      close(opened)
      return false
    }
    _ = isDurable ? sync() : 0
    close(descriptor)
    descriptor = opened
    settle()
    return true
  }

  /// Writes as much as goes.
  func write(_ bytes: UnsafeRawBufferPointer) -> Written {
    if endsOpen {
      let newline = withUnsafeBytes(of: UInt8(ascii: "\n")) { put($0) }
      guard case .some = newline else { return newline }
      endsOpen = false
    }
    return put(bytes)
  }

  private func put(_ bytes: UnsafeRawBufferPointer) -> Written {
    if kind != .regular, !isWritable { return .notNow }
    while true {
      let count: Int
      switch kind {
      case .regular, .other: count = Glibc.write(descriptor, bytes.baseAddress, bytes.count)
      case .socket: count = send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
      // A pipe that is ready takes a page without blocking; nobody else may be made to see a descriptor that does not block.
      case .inherited: count = Glibc.write(descriptor, bytes.baseAddress, min(bytes.count, 4096))
      }
      if count >= 0 {
        if kind == .regular, !isDurable { sendOn(count) }
        return .some(count)
      }
      if errno == EAGAIN { return .notNow }
      if errno != EINTR { return .failed(errno) }
    }
  }

  /// Has what was written go to the disk piece by piece, and leave the system's memory once it is there: who reads a log reads its
  /// end. A busy server would else fill all memory with it, and each page that is new costs more than the requests whose lines
  /// it holds.
  private func sendOn(_ count: Int) {
    loose += count
    guard loose >= LineFile.piece else { return }
    loose = 0
    let end = lseek(descriptor, 0, SEEK_CUR)
    let first = max(0, end - off_t(LineFile.pieces * LineFile.piece))
    // Linux begins to write what is dirty of it, waits for nothing, and lets go of what is written already.
    if end > first { posix_fadvise(descriptor, first, end - first, POSIX_FADV_DONTNEED) }
  }

  private var isWritable: Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&wanted, 1, LineFile.patience) == 1
  }

  /// Returns 0 when all that was written is on the disk, or the error. What is no file has nothing to sync.
  func sync() -> Int32 {
    if kind != .regular || fdatasync(descriptor) == 0 { return 0 }
    return errno
  }
}
