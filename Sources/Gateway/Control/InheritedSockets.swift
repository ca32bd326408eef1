import Glibc
import Transport

/// The sockets that a service manager has bound and handed over (sd_listen_fds(3)), by the names it gave them.
package struct InheritedSockets: Sendable {
  /// File descriptors of this process.
  let byName: [String: CInt]

  /// What a process's environment says; nothing when it was said to another process.
  package init(environment: (String) -> String?, process: pid_t) {
    guard environment("LISTEN_PID").flatMap({ pid_t($0) }) == process,
      let count = environment("LISTEN_FDS").flatMap({ Int32($0) }), (1...1024).contains(count)
    else {
      byName = [:]
      return
    }
    let names = (environment("LISTEN_FDNAMES") ?? "").split(separator: ":", omittingEmptySubsequences: false)
    var byName: [String: CInt] = [:]
    for index in 0..<Int(count) {
      let descriptor = CInt(3 + index)
      // Commands that the runner starts must not inherit them.
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      byName[index < names.count ? String(names[index]) : "unknown"] = descriptor
    }
    self.byName = byName
  }

  /// Where a listener is. Throws when the service manager has handed over no socket of that name.
  func place(_ listener: Configuration.Listener) throws(StartFault) -> Listener.Place {
    switch listener.door {
    case .address(let address): return .address(address)
    case .inherited(let name):
      guard let descriptor = byName[name] else {
        let known = byName.isEmpty ? "none" : byName.keys.sorted().joined(separator: ", ")
        throw .listen("the service manager has handed over no socket named '\(name)'; there is \(known)")
      }
      guard !listener.isOpen || Self.isLoopback(descriptor) else {
        throw .listen("the socket '\(name)' is not on 127.0.0.1 or ::1: 'open' asks nobody for credentials")
      }
      return .inherited(descriptor)
    }
  }

  /// Whether a socket is bound where only this machine reaches it.
  private static func isLoopback(_ descriptor: CInt) -> Bool {
    var address = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutableBytes(of: &address) { bytes in
      let place = bytes.assumingMemoryBound(to: sockaddr.self)
      guard let start = place.baseAddress, getsockname(descriptor, start, &length) == 0 else { return false }
      switch Int32(start.pointee.sa_family) {
      // RFC 1122 §3.2.1.3: the whole of 127/8; the address begins behind family and port.
      case AF_INET: return bytes[4] == 127
      // RFC 4291 §2.5.3: ::1, behind family, port and flow.
      case AF_INET6: return bytes[8..<23].allSatisfy { $0 == 0 } && bytes[23] == 1
      default: return false
      }
    }
  }
}
