import HTTP2

extension Pieces {
  /// A request of HTTP/2 and its answer: a client's session and a server's, each fed what the other says.
  static func exchange() throws -> Piece {
    guard let clients = Engine(makeStream: { Stream() }), let servers = Engine(makeStream: { Stream() }),
      let client = Session(clientOn: clients, bounds: Session.Bounds()),
      let server = Session(serverOn: servers, bounds: Session.Bounds())
    else { throw Missing.key }
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    func move(_ from: Session, _ to: Session) {
      _ = to.receive(UnsafeRawBufferPointer(rebasing: room[..<from.fill(room).count]))
    }
    return Piece("HTTP/2 exchange, both ends") {
      let stream = clients.takeStream().takeUnretainedValue()
      stream.methodPiece = stream.reply.putAside(Status.immortal("GET"))
      stream.targetPiece = stream.reply.putAside(Status.immortal("/organizations/acme/pushy/jobs"))
      stream.reply.append(name: Status.immortal("accept"), value: Status.immortal("application/json"))
      _ = client.request(on: stream, scheme: "http", authority: Status.immortal("host"), length: nil)
      var count = 0
      while client.wantsToSend || server.wantsToSend {
        move(client, server)
        servers.takeEvents { event in
          if case .closed(let stream, _) = event { servers.giveBack(stream.takeUnretainedValue()) }
          guard case .ended(let stream) = event else { return }
          stream._withUnsafeGuaranteedRef { stream in
            stream.outgoing.append(room: 700) { $0.count }
            _ = server.respond(on: stream, status: 200, withBody: true)
          }
        }
        move(server, client)
        clients.takeEvents { event in
          if case .ended(let stream) = event { count += stream.takeUnretainedValue().incoming.count }
          if case .closed(let stream, _) = event { clients.giveBack(stream.takeUnretainedValue()) }
        }
      }
      return count
    }
  }
}
