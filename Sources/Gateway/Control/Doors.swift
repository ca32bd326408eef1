import Logging
import Transport

/// The one server with all its listeners, as a site wants them.
actor Doors {
  private let server: Server
  private let sockets: InheritedSockets
  private let log: Logger
  private var open: [String: Address] = [:]

  init(loops: Int, sockets: InheritedSockets, log: Logger) {
    server = Server(loops: loops)
    self.sockets = sockets
    self.log = log
  }

  /// Starts the event loops, which serve nobody yet.
  func begin() async throws(StartFault) -> [LoopHandle] {
    do throws(ListenError) { try await server.apply([]) } catch { throw .listen("\(error)") }
    return server.loops
  }

  /// Serves as a site says: everything it says, or nothing is changed.
  func serve(_ site: Site, admin: Admin) async throws(StartFault) {
    var listeners: [Listener] = []
    var names: [String] = []
    for listener in site.configuration.listeners {
      listeners.append(
        Listener(at: try sockets.place(listener), responder: Front(site, listener), tls: listener.tls))
      names.append("\(listener.door)")
    }
    if let address = site.configuration.admin {
      listeners.append(Listener(on: address, responder: admin))
      names.append("admin \(address)")
    }
    let bound: [Address]
    do throws(ListenError) { bound = try await server.apply(listeners, limits: site.limits) } catch {
      throw .listen("\(error)")
    }
    let before = open
    open = Dictionary(zip(names, bound), uniquingKeysWith: { $1 })
    for (name, address) in zip(names, bound) where before[name] == nil { tell(name, address, site) }
    for name in before.keys.sorted() where open[name] == nil {
      log.notice("no longer listening", metadata: ["address": "\(name)"])
    }
  }

  private func tell(_ name: String, _ address: Address, _ site: Site) {
    guard !name.hasPrefix("admin ") else {
      return log.notice("admin listening", metadata: ["address": "\(address)"])
    }
    let listener = site.configuration.listeners.first { "\($0.door)" == name }
    let isOpen = listener?.isOpen ?? true
    log.notice(
      "listening",
      metadata: [
        "address": "\(address)", "tls": "\(listener?.tls != nil)",
        "credentials": isOpen ? "open: nobody is asked who they are" : "required",
      ])
    guard !isOpen, listener?.tls == nil, !ListenerParser.isLoopback(address.host) else { return }
    log.warning(
      "secrets pass in clear text: give the listener tls, or put a proxy that has it before it",
      metadata: ["address": "\(address)"])
  }

  /// The listeners that are open, with what was done there.
  nonisolated var reports: [Server.Report] { server.reports }

  /// How long each event loop takes to come to something new, in nanoseconds.
  nonisolated func lags() async -> [Int64] { await server.lags() }

  /// Stops accepting, and lets what is under way finish.
  func drain(_ seconds: Int) async { await server.drain(deadline: .seconds(seconds)) }
}
