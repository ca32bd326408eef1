import HTTP2
import Testing

/// A session on paper: bytes in, events and bytes out, no socket.
@Suite struct SessionTests {
  private let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0]

  /// What became of a stream, by name.
  private enum Seen: Equatable {
    case headed, ended, tooManyFields, bodyTooLarge, buffer, replied, other
    case closed(UInt32)
  }

  private struct Setup {
    var engine: Engine
    var session: Session

    init(_ change: (inout Session.Bounds) -> Void = { _ in }) throws {
      engine = try #require(Engine { Stream() })
      var bounds = Session.Bounds()
      change(&bounds)
      session = try #require(Session(serverOn: engine, bounds: bounds))
    }

    func receive(_ bytes: [UInt8]) -> ErrorCode? { bytes.withUnsafeBytes { session.receive($0) } }

    func fill(_ room: Int = 1 << 16) -> (bytes: [UInt8], more: Bool) {
      var buffer = [UInt8](repeating: 0, count: room)
      let filled = buffer.withUnsafeMutableBytes { session.fill($0) }
      return (Array(buffer.prefix(filled.count)), filled.more)
    }

    func events(_ act: (Stream, Seen) -> Void = { _, _ in }) -> [Seen] {
      var seen: [Seen] = []
      engine.takeEvents { event in
        let (stream, what) = Setup.name(event)
        act(stream.takeUnretainedValue(), what)
        seen.append(what)
        if case .closed = what { engine.giveBack(stream.takeUnretainedValue()) }
      }
      return seen
    }

    private static func name(_ event: Event) -> (Stream.Reference, Seen) {
      switch event {
      case .headed(let stream): (stream, .headed)
      case .ended(let stream): (stream, .ended)
      case .fieldsOverflowed(let stream): (stream, .tooManyFields)
      case .bodyOverflowed(let stream): (stream, .bodyTooLarge)
      case .bufferOverflowed(let stream): (stream, .buffer)
      case .repliedEarly(let stream): (stream, .replied)
      case .closed(let stream, let code): (stream, .closed(code.rawValue))
      case .discardOverflowed(let stream), .unsendable(let stream): (stream, .other)
      }
    }
  }

  private func frame(_ type: UInt8, _ flags: UInt8, _ stream: UInt8, _ payload: [UInt8]) -> [UInt8] {
    [0, UInt8(payload.count >> 8), UInt8(payload.count & 255), type, flags, 0, 0, 0, stream] + payload
  }

  /// POST http / with the authority "a", from the static table.
  private let request: [UInt8] = [0x83, 0x86, 0x84, 0x01, 0x01, 0x61]

  @Test func aRequestIsRecordedAndAnswered() throws {
    let setup = try Setup()
    #expect(setup.receive(preface) == nil)
    #expect(setup.receive(frame(1, 4, 1, request)) == nil)
    #expect(setup.events() == [.headed])
    #expect(setup.receive(frame(0, 0, 1, [1, 2]) + frame(0, 1, 1, [3])) == nil)
    let seen = setup.events { stream, _ in
      let body = Array(stream.incoming.bytes)
      #expect(body == [1, 2, 3])
      let method = Array(stream.fields.bytes(of: stream.methodPiece))
      #expect(method == Array("POST".utf8))
      let target = Array(stream.fields.bytes(of: stream.targetPiece))
      #expect(target == [0x2f])
      let host = stream.fields.value(of: "host").map { Array($0) }
      #expect(host == [0x61])
      "hello".utf8.withContiguousStorageIfAvailable { stream.outgoing.append(UnsafeRawBufferPointer($0)) }
      stream.reply.append(name: Status.immortal("x"), value: Status.immortal("y"))
      #expect(setup.session.respond(on: stream, status: 200, withBody: true))
    }
    #expect(seen == [.ended])
    let out = setup.fill()
    #expect(!out.more)
    #expect(out.bytes.suffix(5).elementsEqual("hello".utf8))
    #expect(setup.events() == [.closed(0)])
    #expect(setup.session.openStreams == 0 && setup.session.buffered == 0)
    #expect(setup.session.tally.repliesEnded == 1 && setup.session.tally.dataSent == 5)
  }

  @Test func outputComesInPiecesThatFit() throws {
    let setup = try Setup()
    // The peer opens its windows (SETTINGS_INITIAL_WINDOW_SIZE and WINDOW_UPDATE).
    let open = frame(4, 0, 0, [0, 4, 0x7f, 0xff, 0xff, 0xff]) + frame(8, 0, 0, [0x0f, 0xff, 0xff, 0xff])
    #expect(setup.receive(preface + open + frame(1, 5, 1, request)) == nil)
    _ = setup.events { stream, _ in
      stream.outgoing.append(room: 100_000) { room in
        for index in 0..<room.count { room[index] = UInt8(index % 251) }
        return room.count
      }
      #expect(setup.session.respond(on: stream, status: 200, withBody: true))
    }
    var total = 0
    var rounds = 0
    var more = true
    while more, rounds < 100 {
      let out = setup.fill(20_000)
      #expect(out.bytes.count <= 20_000)
      total += out.bytes.count
      more = out.more
      rounds += 1
    }
    #expect(total > 100_000 && rounds >= 5)
    #expect(setup.events() == [.closed(0)])
  }

  @Test func boundsAreKept() throws {
    let setup = try Setup {
      $0.fieldCount = 3
      $0.bodyBytes = 4
      $0.bufferedBytes = 6
    }
    let fields: [UInt8] = (0..<4).flatMap { [0x00, 0x01, 0x70 + $0, 0x01, 0x31] as [UInt8] }
    #expect(setup.receive(preface + frame(1, 5, 1, request + fields)) == nil)
    #expect(setup.events() == [.tooManyFields])
    #expect(setup.receive(frame(1, 4, 3, request) + frame(0, 0, 3, [1, 2, 3, 4, 5])) == nil)
    var kept = 0
    let seen = setup.events { stream, _ in kept += stream.incoming.count }
    #expect(seen == [.headed, .bodyTooLarge] && kept == 0)
    #expect(setup.receive(frame(1, 4, 5, request) + frame(0, 0, 5, [1, 2, 3, 4])) == nil)
    #expect(setup.receive(frame(1, 4, 7, request) + frame(0, 0, 7, [1, 2, 3])) == nil)
    #expect(setup.events() == [.headed, .headed, .buffer])
    #expect(setup.session.buffered == 4)
    var abandoned = 0
    setup.session.abandon { _ in abandoned += 1 }
    #expect(abandoned == 4 && setup.session.openStreams == 0)
  }

  @Test func aPeerCannotTrap() throws {
    let magic = try Setup()
    #expect(magic.receive(Array("GET / HTTP/1.1\r\n\r\n      ".utf8)) == .protocolError)
    let flood = try Setup()
    let pings = (0..<2000).flatMap { _ in frame(6, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]) }
    #expect(flood.receive(preface + pings) == .enhanceYourCalm)
    var room = [UInt8](repeating: 0, count: 64)
    let count = room.withUnsafeMutableBytes { flood.session.lastWord(.enhanceYourCalm, into: $0) }
    #expect(Array(room.prefix(count)) == [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11])
    let odd = try Setup()
    #expect(odd.receive(preface + frame(1, 5, 2, request)) == nil)
    #expect(odd.session.wantsToSend)
    _ = odd.fill()
    #expect(odd.session.isOver)
  }

  @Test func aStreamThatIsGoneIsNotAnswered() throws {
    let setup = try Setup()
    #expect(setup.receive(preface + frame(1, 5, 1, request) + frame(3, 0, 1, [0, 0, 0, 8])) == nil)
    let seen = setup.events { stream, what in
      guard what == .ended else { return }
      #expect(stream.closed)
      #expect(!setup.session.respond(on: stream, status: 200, withBody: true))
      #expect(!setup.session.reset(stream, .cancel))
      #expect(!setup.session.sendContinue(on: stream))
    }
    #expect(seen == [.ended, .closed(8)])
  }

  @Test func streamsAreUsedAgainAndFreed() throws {
    let setup = try Setup()
    #expect(setup.receive(preface) == nil)
    for index in 0..<60 {
      let id = UInt8(index * 2 + 1)
      #expect(setup.receive(frame(1, 5, id, request)) == nil)
      _ = setup.events { stream, _ in _ = setup.session.respond(on: stream, status: 204, withBody: false) }
      _ = setup.fill()
      _ = setup.events()
    }
    #expect(setup.engine.streamCount == 1)
    #expect(setup.engine.trim() == 0)
    #expect(setup.engine.trim() == 1)
    #expect(setup.engine.streamCount == 0)
  }

  @Test func whatRestsIsFreedAndTheSessionGoesOn() throws {
    let setup = try Setup()
    #expect(setup.receive(preface) == nil)
    for index in 0..<20 {
      #expect(setup.receive(frame(1, 5, UInt8(index * 4 + 1), request)) == nil)
      #expect(setup.receive(frame(1, 5, UInt8(index * 4 + 3), request)) == nil)
      #expect(setup.engine.streamCount == 2)
      // One is answered, one stays open while what rests is freed.
      var isFirst = true
      _ = setup.events { stream, seen in
        guard seen == .ended else { return }
        if isFirst { _ = setup.session.respond(on: stream, status: 204, withBody: false) }
        isFirst = false
      }
      _ = setup.fill()
      _ = setup.events()
      setup.engine.letGo()
      #expect(setup.engine.streamCount == 1)
      #expect(setup.receive(frame(3, 0, UInt8(index * 4 + 3), [0, 0, 0, 8])) == nil)
      _ = setup.events()
      setup.engine.letGo()
      #expect(setup.engine.streamCount == 0)
    }
  }
}
