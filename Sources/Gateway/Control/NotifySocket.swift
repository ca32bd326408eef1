import Glibc

/// Tells the service manager how the server is (sd_notify(3)): a datagram to the socket that NOTIFY_SOCKET names, and
/// nothing at all where there is none.
package struct NotifySocket: Sendable {
  private let path: String?
  /// Half of the time in which the service manager wants to hear from the server; nil when it does not.
  package let watchdog: Duration?

  /// Of a process's environment.
  package init(environment: (String) -> String?) {
    path = environment("NOTIFY_SOCKET").flatMap { $0.hasPrefix("/") || $0.hasPrefix("@") ? $0 : nil }
    watchdog = environment("WATCHDOG_USEC").flatMap { Int64($0) }.flatMap { $0 > 1 ? .microseconds($0 / 2) : nil }
  }

  /// Serving, and how: a line for people.
  package func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

  /// A configuration is being read; `ready` comes after it, whatever became of it.
  package func reloading() {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    send("RELOADING=1\nMONOTONIC_USEC=\(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)")
  }

  /// On the way out.
  package func stopping() { send("STOPPING=1\nSTATUS=finishing what is under way") }

  /// Still alive.
  package func beat() { send("WATCHDOG=1") }

  private func send(_ text: String) {
    guard let path else { return }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else { return }
    withUnsafeMutableBytes(of: &address.sun_path) { place in
      place.copyBytes(from: bytes)
      // An abstract name begins with a zero byte.
      if bytes.first == UInt8(ascii: "@") { place[0] = 0 }
    }
    let socket = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { return }
    defer { close(socket) }
    let length = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = Array(text.utf8).withUnsafeBytes {
          sendto(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL), address, length)
        }
      }
    }
  }
}
