import Glibc
import NIOCore
import NIOPosix

/// Sockets as the system numbers them.
enum Descriptor {
  /// Programs started by this one shall not get the channel's socket; NIO leaves that open.
  static func keepToOurselves(_ channel: any Channel) throws {
    try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { number in
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
  }

  /// The channel's socket. It is the channel's, which closes it before it tells that it is inactive.
  static func number(of channel: any Channel) -> CInt? {
    try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
  }

  /// Sends as much as the socket takes at once; returns how many bytes that are, 0 if it fails.
  static func send(_ bytes: UnsafeRawBufferPointer, on number: CInt) -> Int {
    while true {
      let count = Glibc.send(number, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
      if count >= 0 { return count }
      guard errno == EINTR else { return 0 }
    }
  }

  /// What the system would give to a reader now: nothing yet, bytes, or the end of the connection.
  enum Waiting { case nothing, bytes, end }

  /// Looks without taking.
  static func waiting(on channel: any Channel) -> Waiting {
    let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
      number -> Waiting in
      var byte: UInt8 = 0
      let count = recv(number, &byte, 1, CInt(MSG_PEEK) | CInt(MSG_DONTWAIT))
      if count > 0 { return .bytes }
      return count < 0 && (errno == EAGAIN || errno == EINTR) ? .nothing : .end
    }
    return found.flatMap { $0 } ?? .nothing
  }

  /// A second descriptor for a listening stream socket, which the caller owns; the first one stays open, and neither is
  /// handed on to programs started by this one.
  static func duplicate(_ number: CInt) throws(ListenError) -> CInt {
    guard fcntl(number, F_GETFD) >= 0 else { throw .noListeningSocket(number, reason: "it is not open") }
    guard let kind = option(SO_TYPE, of: number), let family = option(SO_DOMAIN, of: number) else {
      throw .noListeningSocket(number, reason: "it is no socket")
    }
    guard kind == CInt(SOCK_STREAM.rawValue), family == AF_INET || family == AF_INET6 else {
      throw .noListeningSocket(number, reason: "it is no TCP socket")
    }
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw .noListeningSocket(number, reason: String(cString: strerror(errno))) }
    return copy
  }

  /// Sets the length of its queue, which both descriptors share.
  static func listen(_ number: CInt, backlog: Int) { _ = Glibc.listen(number, CInt(backlog)) }

  private static func option(_ name: CInt, of number: CInt) -> CInt? {
    var value: CInt = 0
    var size = socklen_t(MemoryLayout<CInt>.size)
    return getsockopt(number, SOL_SOCKET, name, &value, &size) == 0 ? value : nil
  }
}
