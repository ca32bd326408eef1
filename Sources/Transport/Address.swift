/// Where a server listens.
package struct Address: Hashable, Sendable, CustomStringConvertible {
  /// A name or an address: `127.0.0.1`, `::1`, `localhost`.
  package var host: String

  /// A TCP port; 0 lets the system pick a free one.
  package var port: Int

  /// The pair.
  package init(host: String, port: Int) {
    self.host = host
    self.port = port
  }

  /// `host:port`, with brackets around an IPv6 address.
  package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// Why a server does not listen.
package enum ListenError: Error, Equatable, CustomStringConvertible {
  /// Somebody has the port: another process, or a listener of this server that goes by another name.
  case addressInUse(Address)

  /// The system refuses this address, for the reason it gives.
  case refused(Address, reason: String)

  /// The descriptor that was handed over is nothing to listen on.
  case noListeningSocket(CInt, reason: String)

  /// The server has ended; a server lives once.
  case ended

  /// Memory for the event loops could not be had.
  case noMemory

  /// One sentence for a log.
  package var description: String {
    switch self {
    case .addressInUse(let address): "\(address) is in use"
    case .refused(let address, let reason): "cannot listen on \(address): \(reason)"
    case .noListeningSocket(let number, let reason): "cannot listen on file descriptor \(number): \(reason)"
    case .ended: "the server has ended"
    case .noMemory: "no memory for the event loops"
    }
  }
}
