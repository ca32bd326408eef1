import HTTP2

/// A session of HTTP/2, a server's or a client's by the first byte, fed in pieces of a size that the second byte says. It
/// answers what it is asked; streams are given back, and their number stays bounded. The first byte says, too, whether what rests
/// is freed after each piece, so that nobody can use it unseen.
final class SessionTarget: Target {
  private let engine: Engine
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  init() throws {
    guard let engine = Engine(makeStream: { Stream() }) else { fatalError("no memory") }
    self.engine = engine
  }

  func take(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 2 else { return }
    let isClient = bytes[0] & 1 == 1
    let letsGo = bytes[0] & 2 != 0
    let piece = max(1, Int(bytes[1]))
    let bounds = Session.Bounds()
    let new =
      isClient ? Session(clientOn: engine, bounds: bounds) : Session(serverOn: engine, bounds: bounds)
    guard let session = new else { return }
    if isClient { for _ in 0..<3 { ask(session) } }
    settle(session)
    var at = 2
    while at < bytes.count {
      let end = min(at + piece, bytes.count)
      let isOver = session.receive(UnsafeRawBufferPointer(rebasing: bytes[at..<end])) != nil
      at = end
      settle(session)
      if letsGo { engine.letGo() }
      must(session.openStreams <= 4096, "more streams than were allowed")
      if isOver { break }
    }
    session.forEachStream { engine.giveBack($0) }
  }

  private func ask(_ session: Session) {
    let stream = engine.takeStream().takeUnretainedValue()
    stream.methodPiece = stream.reply.putAside(Status.immortal("GET"))
    stream.targetPiece = stream.reply.putAside(Status.immortal("/path"))
    if !session.request(on: stream, scheme: "http", authority: Status.immortal("host"), length: nil) {
      engine.giveBack(stream)
    }
  }

  private func settle(_ session: Session) {
    for _ in 0..<64 {
      engine.takeEvents { event in
        switch event {
        case .ended(let stream) where !session.isOver && stream.takeUnretainedValue().status == 0:
          stream._withUnsafeGuaranteedRef { stream in
            stream.outgoing.append(room: 100) { $0.count }
            _ = session.respond(on: stream, status: 200, withBody: true)
          }
        case .closed(let stream, _): engine.giveBack(stream.takeUnretainedValue())
        default: break
        }
      }
      guard session.wantsToSend, session.fill(room).count > 0 else { return }
    }
  }

  func seeds() -> [[UInt8]] {
    guard let client = Session(clientOn: engine, bounds: Session.Bounds()),
      let server = Session(serverOn: engine, bounds: Session.Bounds())
    else { return [] }
    for _ in 0..<3 { ask(client) }
    var (asked, answered): ([UInt8], [UInt8]) = ([], [])
    for _ in 0..<10 {
      let sent = Array(UnsafeRawBufferPointer(rebasing: room[..<client.fill(room).count]))
      asked += sent
      _ = sent.withUnsafeBytes { server.receive($0) }
      settle(client)
      let said = Array(UnsafeRawBufferPointer(rebasing: room[..<server.fill(room).count]))
      answered += said
      _ = said.withUnsafeBytes { client.receive($0) }
    }
    return [
      [0, 255] + asked, [0, 7] + asked, [1, 255] + answered, [1, 9] + answered, [2, 7] + asked, [3, 9] + answered,
    ]
  }
}
