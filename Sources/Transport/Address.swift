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
  /// Another process has the port.
  case addressInUse(Address)

  /// The system refuses this address, for the reason it gives.
  case refused(Address, reason: String)

  /// The server has been started before; a server lives once.
  case alreadyStarted

  /// Memory for the event loops could not be had.
  case noMemory

  /// One sentence for a log.
  package var description: String {
    switch self {
    case .addressInUse(let address): "\(address) is in use by another process"
    case .refused(let address, let reason): "cannot listen on \(address): \(reason)"
    case .alreadyStarted: "the server has been started before"
    case .noMemory: "no memory for the event loops"
    }
  }
}
