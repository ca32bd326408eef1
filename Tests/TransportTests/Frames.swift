/// HTTP/2 frames by hand (RFC 9113 §4, §6), for clients that misbehave.
enum Frames {
  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

  static func frame(_ type: UInt8, flags: UInt8 = 0, stream: Int = 0, _ payload: [UInt8] = []) -> [UInt8] {
    let length = payload.count
    let head = [UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags]
    return head + number(stream) + payload
  }

  static func number(_ value: Int) -> [UInt8] {
    [UInt8(value >> 24 & 255), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
  }

  static func settings(_ pairs: [(Int, Int)] = []) -> [UInt8] {
    frame(4, pairs.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] + number($1) })
  }

  static let settingsAck = frame(4, flags: 1)

  static func ping(_ byte: UInt8 = 0) -> [UInt8] { frame(6, Array(repeating: byte, count: 8)) }

  static func reset(_ stream: Int, _ code: Int = 8) -> [UInt8] { frame(3, stream: stream, number(code)) }

  static func windowUpdate(_ stream: Int, _ by: Int) -> [UInt8] { frame(8, stream: stream, number(by)) }

  static func data(_ stream: Int, _ bytes: [UInt8], end: Bool = true) -> [UInt8] {
    frame(0, flags: end ? 1 : 0, stream: stream, bytes)
  }

  /// `end`: END_STREAM.
  static func headers(_ stream: Int, _ block: [UInt8], end: Bool = true, complete: Bool = true) -> [UInt8] {
    frame(1, flags: (end ? 1 : 0) | (complete ? 4 : 0), stream: stream, block)
  }

  static func continuation(_ stream: Int, _ block: [UInt8], complete: Bool = false) -> [UInt8] {
    frame(9, flags: complete ? 4 : 0, stream: stream, block)
  }

  /// A request's fields, without Huffman coding or the dynamic table (RFC 7541).
  static func request(_ method: String = "GET", _ path: String, _ more: [(String, String)] = []) -> [UInt8] {
    literal(":method", method) + literal(":scheme", "http") + literal(":path", path) + literal(":authority", "a")
      + more.flatMap { literal($0, $1) }
  }

  static func literal(_ name: String, _ value: String) -> [UInt8] { [0] + string(name) + string(value) }

  static func string(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    guard bytes.count >= 127 else { return [UInt8(bytes.count)] + bytes }
    var rest = bytes.count - 127
    var length: [UInt8] = [127]
    while rest >= 128 {
      length.append(UInt8(rest & 127 | 128))
      rest >>= 7
    }
    return length + [UInt8(rest)] + bytes
  }
}

struct Frame: Sendable {
  var type: UInt8
  var flags: UInt8
  var stream: Int
  var payload: [UInt8]

  /// The last four bytes as a number: the code of RST_STREAM, or of GOAWAY without text.
  var code: Int { payload.suffix(4).reduce(0) { $0 << 8 | Int($1) } }

  var isGoaway: Bool { type == 7 }
  var isReset: Bool { type == 3 }
  var endsStream: Bool { type <= 1 && flags & 1 != 0 }
}

extension RawClient {
  /// A connection in HTTP/2 with the settings exchanged.
  static func http2(port: Int, settings: [(Int, Int)] = [], receiveBuffer: Int? = nil) async throws -> RawClient {
    let client = try RawClient(port: port, receiveBuffer: receiveBuffer)
    try await client.send(Frames.preface + Frames.settings(settings) + Frames.settingsAck)
    return client
  }

  /// The next frame; nil at the end of the connection.
  func frame() async -> Frame? {
    let head = await take(9)
    guard head.count == 9 else { return nil }
    let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
    let stream = head[5...].reduce(0) { $0 << 8 | Int($1) }
    return Frame(type: head[3], flags: head[4], stream: stream, payload: await take(length))
  }

  /// Frames up to the first that fits; what came before it is dropped.
  func frame(where fits: (Frame) -> Bool) async -> Frame? {
    while let frame = await frame() { if fits(frame) { return frame } }
    return nil
  }

  /// Body of the answer on a stream.
  func body(of stream: Int) async -> String {
    var bytes: [UInt8] = []
    while let frame = await frame() {
      guard frame.stream == stream else { continue }
      if frame.isReset { return "reset \(frame.code)" }
      if frame.type == 0 { bytes += frame.payload }
      if frame.endsStream { break }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
