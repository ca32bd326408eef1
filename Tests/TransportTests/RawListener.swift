import Glibc
import Synchronization

/// A listening socket on a free port, outside of any server.
final class RawListener: Sendable {
  let descriptor: CInt
  let port: Int

  init() throws {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(descriptor, pointer, size) == 0 && listen(descriptor, 16) == 0
          ? getsockname(descriptor, pointer, &size) : -1
      }
    }
    guard code == 0 else { throw RawClient.Failure(description: "listen: \(errno)") }
    self.descriptor = descriptor
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { shut() }

  private let isShut = Atomic(false)

  /// Gives the port up.
  func shut() { if !isShut.exchange(true, ordering: .relaxed) { close(descriptor) } }

  /// What the next client says first; it is hung up on then.
  func firstBytes() async -> [UInt8] {
    await onThread { [descriptor] in
      let client = accept(descriptor, nil, nil)
      defer { close(client) }
      var bytes = [UInt8](repeating: 0, count: 65536)
      let count = recv(client, &bytes, bytes.count, 0)
      return Array(bytes.prefix(max(0, count)))
    }
  }
}
