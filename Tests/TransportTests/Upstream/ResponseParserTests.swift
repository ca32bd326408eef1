import HTTP2
import Testing
import Transport

/// Answers on paper: bytes in, an answer out, no socket.
@Suite struct ResponseParserTests {
  private struct Outcome: Equatable {
    var step = ResponseParser.Step.more
    var status = 0
    var fields: [String] = []
    var body = ""
    var persists = false
    var left = 0
    var endsWithConnection = false
  }

  /// Shows the pieces one after the other, what was not used again with the next.
  private func parse(_ pieces: [[UInt8]], toHEAD: Bool = false, limit: Int = 1 << 20) -> Outcome {
    var bounds = UpstreamSettings.Bounds()
    bounds.bodyBytes = limit
    bounds.headerBytes = 4096
    var parser = ResponseParser(bounds: bounds, toHEAD: toHEAD, inPieces: false)
    let stream = Stream()
    var rest: [UInt8] = []
    var step = ResponseParser.Step.more
    for piece in pieces {
      rest += piece
      guard step == .more || step == .headed else { continue }
      repeat {
        let (used, found) = rest.withUnsafeBytes { parser.parse($0, into: stream) }
        rest.removeFirst(used)
        step = found
      } while step == .headed
    }
    var outcome = Outcome()
    outcome.step = step
    outcome.status = stream.status
    for index in 0..<stream.fields.count {
      let name = String(decoding: stream.fields.name(index), as: UTF8.self)
      outcome.fields.append("\(name)=\(String(decoding: stream.fields.value(index), as: UTF8.self))")
    }
    outcome.body = String(decoding: stream.incoming.bytes, as: UTF8.self)
    outcome.persists = parser.persists
    outcome.left = rest.count
    outcome.endsWithConnection = parser.endsWithConnection
    return outcome
  }

  private func parse(_ text: String, toHEAD: Bool = false) -> Outcome { parse([Array(text.utf8)], toHEAD: toHEAD) }

  private static let good = [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b \r\n\r\nhi",
    "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2;a=\"b\"\r\nhi\r\n004\r\n you\r\n0\r\nX-T: 1\r\n\r\n",
    "HTTP/1.0 200 OK\r\n\r\nall the rest",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n",
    "HTTP/1.1 204 No Content\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nX: 1\r\n\r\n",
    "HTTP/1.1 200 OK\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nX-Yours: 2\r\nContent-Length: 1\r\n\r\n1",
  ]

  @Test func answersAreRead() {
    let wanted = Outcome(step: .ended, status: 200, fields: ["content-length=2", "x-a=b"], body: "hi", persists: true)
    #expect(parse(Self.good[0]) == wanted)
    #expect(parse(Self.good[1]) == Outcome(step: .ended, status: 200, body: "hi you", persists: true))
    #expect(
      parse(Self.good[2]) == Outcome(step: .more, status: 200, body: "all the rest", endsWithConnection: true))
    #expect(
      parse(Self.good[3]) == Outcome(step: .ended, status: 201, fields: ["content-length=0"], persists: true))
    #expect(parse(Self.good[4]).step == .ended && parse(Self.good[4]).persists)
    #expect(parse(Self.good[5]).step == .ended)
    #expect(
      parse(Self.good[6])
        == Outcome(step: .ended, status: 200, fields: ["x-yours=2", "content-length=1"], body: "1"))
    #expect(parse("HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n", toHEAD: true).step == .ended)
    #expect(parse("HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n").persists)
    #expect(!parse("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n").persists)
    // Something behind an answer that nobody asked for.
    #expect(parse("HTTP/1.1 204 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n").left == 19)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\nContent-Length: 0\n\n", "HTTP/2 200\r\n\r\n", "HTTP/1.1 99 x\r\n\r\n", "HTTP/1.1 0200 x\r\n\r\n",
    "HTTP/1.1  200 x\r\n\r\n", "http/1.1 200 x\r\n\r\n", "ICY 200 OK\r\n\r\n", "HTTP/1.1 101 x\r\nupgrade: h2c\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
    "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nhi", "HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nhi",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno field\r\n\r\n", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbad trailer\r\n\r\n",
  ])
  func nonsenseIsRefused(_ text: String) { #expect(parse(text).step == .nonsense("")) }

  @Test func whatIsTooLargeIsRefused() {
    let long = String(repeating: "x", count: 5000)
    for text in [
      "HTTP/1.1 200 \(long)", "HTTP/1.1 200 OK\r\nX: \(long)", "HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n",
      String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 500),
    ] { #expect(parse(text).step == .tooLarge) }
    #expect(parse([Array("HTTP/1.0 200 OK\r\n\r\n".utf8), Array(long.utf8)], limit: 4999).step == .tooLarge)
  }

  @Test func itDoesNotMatterWhereBytesAreCut() {
    for text in Self.good {
      let bytes = Array(text.utf8)
      let whole = parse([bytes])
      #expect(parse(bytes.map { [$0] }) == whole)
      for cut in 0...bytes.count { #expect(parse([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole) }
    }
  }

  /// Changed and mixed answers: whatever comes of them, it is the same for the bytes one by one.
  @Test func oddAnswersAreReadOneWay() {
    var dice = Seeded(state: 20_261_122)
    let corpus = Self.good.map { Array($0.utf8) }
    let pieces = [
      "\r\n", "\n", ":", "0\r\n\r\n", "Content-Length: 3\r\n", "Transfer-Encoding: chunked\r\n", "HTTP/1.1 ", "\0",
    ]
    var ends: [String: Int] = [:]
    for _ in 0..<20_000 {
      var bytes = corpus[Int.random(in: 0..<corpus.count, using: &dice)]
      for _ in 0...Int.random(in: 0...3, using: &dice) {
        let place = Int.random(in: 0..<max(bytes.count, 1), using: &dice)
        switch Int.random(in: 0..<5, using: &dice) {
        case 0 where !bytes.isEmpty: bytes[place] = UInt8.random(in: 0...255, using: &dice)
        case 1 where !bytes.isEmpty: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &dice)].utf8, at: place)
        case 3: bytes += corpus[Int.random(in: 0..<corpus.count, using: &dice)]
        default: bytes = Array(bytes.prefix(place))
        }
      }
      let whole = parse([bytes])
      ends["\(whole.step)".prefix(4).description, default: 0] += 1
      let single = parse(bytes.map { [$0] })
      let isUnread = whole.step == .nonsense("") || whole.step == .tooLarge
      if isUnread ? whole.step != single.step : whole != single { Issue.record("\(bytes): \(whole) \(single)") }
    }
    #expect(ends.count == 3 && ends.values.allSatisfy { $0 > 1000 }, "\(ends)")
  }
}

/// Numbers that are the same each time (SplitMix64).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}
