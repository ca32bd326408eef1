import Glibc

/// Two ends: `near` stays here, `far` becomes a process's standard input. No other process ever has either, and writing
/// to one that nobody reads any more is an error, where for a pipe it would be a signal.
struct SocketPair {
  let near: Int32
  let far: Int32

  init() throws(SystemFault) {
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw SystemFault("socketpair")
    }
    (near, far) = (ends[0], ends[1])
  }

  /// Sends bytes; `flags` as for `send`. How many went.
  static func send(_ bytes: UnsafeRawBufferPointer, to end: Int32, flags: Int = 0) -> Int {
    Glibc.send(end, bytes.baseAddress, bytes.count, Int32(Int(MSG_NOSIGNAL) | flags))
  }
}
