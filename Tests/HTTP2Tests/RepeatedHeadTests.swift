import HTTP2
import Testing

/// A client that sends the same head again, or nearly the same, is heard as one that says everything anew.
@Suite struct RepeatedHeadTests {
  /// A request's head as it is sent and heard.
  private struct Head: Equatable {
    var method = "GET"
    var authority = "host"
    var path = "/jobs/1"
    var fields: [[String]] = [["accept", "application/json"], ["x-token", "a-secret"]]
  }

  /// A client and a server on paper.
  private final class Pair {
    let clients: Engine
    let servers: Engine
    let client: Session
    let server: Session
    private(set) var heard: [Head] = []
    private(set) var overflows = 0

    init() throws {
      clients = try #require(Engine { Stream() })
      servers = try #require(Engine { Stream() })
      client = try #require(Session(clientOn: clients, bounds: Session.Bounds()))
      server = try #require(Session(serverOn: servers, bounds: Session.Bounds()))
    }

    func say(_ head: Head, status: Int = 200) {
      let stream = clients.takeStream().takeUnretainedValue()
      bytes(head.method) { stream.methodPiece = stream.reply.putAside($0) }
      bytes(head.path) { stream.targetPiece = stream.reply.putAside($0) }
      for field in head.fields {
        bytes(field[0]) { name in bytes(field[1]) { stream.reply.append(name: name, value: $0) } }
      }
      let authority = Array(head.authority.utf8)
      let asked = authority.withUnsafeBytes {
        let asked = client.request(on: stream, scheme: "http", authority: $0, length: nil)
        move(client, server)
        return asked
      }
      #expect(asked)
      servers.takeEvents { event in
        switch event {
        case .ended(let stream): stream._withUnsafeGuaranteedRef { hear($0, status) }
        case .fieldsOverflowed(let stream):
          overflows += 1
          stream._withUnsafeGuaranteedRef { _ = server.reset($0, .enhanceYourCalm) }
        default: break
        }
      }
      var answered: Int?
      for _ in 0..<2 {
        move(server, client)
        servers.takeEvents { if case .closed(let stream, _) = $0 { servers.giveBack(stream.takeUnretainedValue()) } }
        clients.takeEvents { event in
          switch event {
          case .ended(let stream): answered = stream.takeUnretainedValue().status
          case .closed(let stream, _): clients.giveBack(stream.takeUnretainedValue())
          default: break
          }
        }
        move(client, server)
      }
      #expect(answered == status || overflows > 0)
    }

    private func hear(_ stream: Stream, _ status: Int) {
      func text(_ bytes: UnsafeRawBufferPointer) -> String { String(decoding: bytes, as: UTF8.self) }
      var head = Head(fields: [])
      head.method = text(stream.fields.bytes(of: stream.methodPiece))
      head.path = text(stream.fields.bytes(of: stream.targetPiece))
      for index in 0..<stream.fields.count {
        let (name, value) = (text(stream.fields.name(index)), text(stream.fields.value(index)))
        if name == "host" { head.authority = value } else { head.fields.append([name, value]) }
      }
      #expect(stream.hasAuthority)
      #expect(stream.headMark == stream.fields.mark)
      heard.append(head)
      stream.reply.append(name: Status.immortal("x"), value: Status.immortal("y"))
      #expect(server.respond(on: stream, status: status, withBody: false))
    }

    private func bytes(_ text: String, _ body: (UnsafeRawBufferPointer) -> Void) {
      Array(text.utf8).withUnsafeBytes(body)
    }

    private func move(_ from: Session, _ to: Session) {
      var room = [UInt8](repeating: 0, count: 1 << 16)
      let count = room.withUnsafeMutableBytes { from.fill($0).count }
      room.withUnsafeBytes { #expect(to.receive(UnsafeRawBufferPointer(rebasing: $0[..<count])) == nil) }
    }
  }

  @Test func theSameHeadIsHeardAgain() throws {
    let pair = try Pair()
    for _ in 0..<20 { pair.say(Head()) }
    #expect(pair.heard == Array(repeating: Head(), count: 20))
  }

  @Test func whatDiffersIsHeard() throws {
    let pair = try Pair()
    let heads = [
      Head(), Head(path: "/jobs/2"), Head(), Head(method: "PUT"), Head(), Head(authority: "other"), Head(),
      Head(fields: []),
      Head(), Head(fields: Head().fields + [["x-more", "1"]]), Head(), Head(fields: [Head().fields[0]]), Head(),
      Head(fields: Head().fields.reversed()), Head(),
      Head(fields: [["accept", "application/json"], ["x-token", "b-secret"]]),
      Head(fields: [["accept", "application/json"], ["x-token", ""]]), Head(path: "/jobs/3"), Head(path: "/jobs/3"),
    ]
    for head in heads { pair.say(head) }
    #expect(pair.heard == heads)
  }

  @Test func headsInAnyOrder() throws {
    let pair = try Pair()
    var seed: UInt64 = 42
    func next(_ bound: Int) -> Int {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(seed >> 33) % bound
    }
    var said: [Head] = []
    for _ in 0..<400 {
      let fields = (0..<next(4)).map { ["x-\($0 + next(2))", "value-\(next(3))"] }
      said.append(Head(method: ["GET", "PUT"][next(2)], path: "/jobs/\(next(2))", fields: fields))
      // A client asks the same more than once, too.
      for _ in 0..<next(3) { said.append(said[said.count - 1]) }
    }
    for (index, head) in said.enumerated() { pair.say(head, status: 200 + index % 3) }
    #expect(pair.heard == said)
  }

  @Test func aHeadThatIsTooMuchNowIsNotKnownAnyMore() throws {
    let pair = try Pair()
    pair.say(Head())
    pair.say(Head())
    pair.server.bounds.fieldCount = 2
    pair.say(Head())
    #expect(pair.heard.count == 2 && pair.overflows == 1)
  }
}
