import HTTP2
import Testing

/// A client's session and a server's on paper, each fed what the other says.
@Suite struct ClientSessionTests {
  private final class Pair {
    let clients: Engine
    let servers: Engine
    let client: Session
    let server: Session

    init(_ change: (inout Session.Bounds) -> Void = { _ in }) throws {
      var bounds = Session.Bounds()
      change(&bounds)
      clients = try #require(Engine { Stream() })
      servers = try #require(Engine { Stream() })
      client = try #require(Session(clientOn: clients, bounds: bounds))
      server = try #require(Session(serverOn: servers, bounds: bounds))
    }

    /// Lets the two speak until neither has anything to say; events go to `act` and `heard`.
    func talk(answering act: (Event) -> Void = { _ in }, hearing heard: (Event) -> Void = { _ in }) {
      for _ in 0..<1000 where client.wantsToSend || server.wantsToSend {
        Pair.move(client, server)
        clients.takeEvents(heard)
        servers.takeEvents(act)
        Pair.move(server, client)
        servers.takeEvents(act)
        clients.takeEvents(heard)
      }
    }

    private static func move(_ from: Session, _ to: Session) {
      var room = [UInt8](repeating: 0, count: 1 << 16)
      let count = room.withUnsafeMutableBytes { from.fill($0).count }
      room.withUnsafeBytes { #expect(to.receive(UnsafeRawBufferPointer(rebasing: $0[..<count])) == nil) }
    }

    func ask(_ body: Int = 0, inPieces: Bool = false) -> Stream {
      let stream = clients.takeStream().takeUnretainedValue()
      stream.methodPiece = stream.reply.putAside(Status.immortal("POST"))
      stream.targetPiece = stream.reply.putAside(Status.immortal("/path"))
      stream.reply.append(name: Status.immortal("x"), value: Status.immortal("y"))
      stream.outgoing.append(room: body) { $0.count }
      stream.isStreamed = inPieces
      #expect(client.request(on: stream, scheme: "http", authority: Status.immortal("host"), length: body))
      return stream
    }
  }

  /// What a server does that answers with that many bytes.
  private func answer(_ event: Event, on session: Session, _ count: Int) {
    guard case .ended(let stream) = event else { return }
    stream._withUnsafeGuaranteedRef { stream in
      stream.outgoing.append(room: count) { $0.count }
      #expect(session.respond(on: stream, status: 200, withBody: true))
    }
  }

  @Test func aCallIsAnswered() throws {
    let pair = try Pair()
    let stream = pair.ask(100_000)
    #expect(!stream.isSent)
    var asked = ""
    var heard: [String] = []
    pair.talk { event in
      answer(event, on: pair.server, 300_000)
      guard case .ended(let stream) = event else { return }
      stream._withUnsafeGuaranteedRef { stream in
        asked = String(decoding: stream.fields.bytes(of: stream.targetPiece), as: UTF8.self)
        for name: StaticString in ["host", "x", "content-length"] {
          asked += " " + (stream.fields.value(of: name).map { String(decoding: $0, as: UTF8.self) } ?? "-")
        }
        asked += " \(stream.incoming.count)"
      }
    } hearing: { event in
      switch event {
      case .headed: heard.append("headed")
      case .ended: heard.append("ended")
      case .closed(_, let code): heard.append("closed \(code.rawValue)")
      default: heard.append("other")
      }
    }
    #expect(asked == "/path host y 100000 100000")
    #expect(heard == ["headed", "ended", "closed 0"])
    #expect(stream.isSent && stream.status == 200 && stream.incoming.count == 300_000)
    #expect(pair.client.openStreams == 0 && pair.client.buffered == 0)
  }

  /// A body that is read in pieces stops at its window and does not stop the streams beside it.
  @Test func piecesWaitForTheirReader() throws {
    let pair = try Pair {
      $0.streamWindow = 65_535
      $0.bodyBytes = 1 << 20
    }
    let slow = pair.ask(inPieces: true)
    let quick = pair.ask()
    pair.talk { answer($0, on: pair.server, 1 << 20) }
    #expect(quick.closed && quick.incoming.count == 1 << 20)
    #expect(!slow.closed && slow.incoming.count == 65_535 && pair.client.buffered == 65_535)
    var total = 0
    for _ in 0..<100 where !slow.closed {
      var news = 0
      pair.client.takeNews { stream in
        news += 1
        #expect(stream === slow)
      }
      #expect(news == 1)
      let count = slow.incoming.count
      total += count
      slow.incoming.removeFirst(count)
      pair.client.consumed(slow, count)
      pair.talk { answer($0, on: pair.server, 1 << 20) }
    }
    #expect(slow.closed && total + slow.incoming.count == 1 << 20 && pair.client.buffered == 0)
  }

  /// A server that goes: what it has not seen is refused, and no more may be asked.
  @Test func aServerThatGoesSaysWhatItHasNotDone() throws {
    let pair = try Pair()
    pair.talk()
    let first = pair.ask()
    var refused: [Int32] = []
    pair.talk { event in
      if case .ended = event { pair.server.refuseNewStreams() }
    } hearing: { event in
      if case .closed(let stream, .refusedStream) = event { refused.append(stream._withUnsafeGuaranteedRef { $0.id }) }
    }
    #expect(first.isSent && !first.closed && refused == [] && !pair.client.mayRequest)
    let other = try Pair()
    other.talk()
    #expect(other.server.refuseNewStreams())
    let late = other.ask()
    other.talk(hearing: { event in
      if case .closed(let stream, .refusedStream) = event { refused.append(stream._withUnsafeGuaranteedRef { $0.id }) }
    })
    #expect(late.closed && refused == [late.closed ? 1 : 0])
  }

  @Test func aCallMayBeTakenBackBeforeItIsSent() throws {
    let pair = try Pair()
    let stream = pair.ask(10)
    #expect(pair.client.reset(stream, .cancel))
    var seen = 0
    pair.talk { _ in seen += 1 }
    #expect(stream.closed && !stream.isSent && seen == 0)
  }
}
