import HTTP2
import NIOCore

/// One connection's conversation in one protocol. The connection hands in bytes and time and asks for output; the
/// dialogue keeps the exchanges.
class Dialogue {
  /// What became of the time limits.
  enum Verdict {
    case fine
    /// Something was decided that has to be sent.
    case output
    /// Nobody is listening any more: close without a word.
    case abort
  }

  let connection: Connection
  let loop: Loop

  init(on connection: Connection) {
    self.connection = connection
    self.loop = connection.loop
  }

  /// Bytes came in.
  func receive(_ bytes: UnsafeRawBufferPointer) {}

  /// The client has said that it will send nothing more.
  func inputEnded() {}

  /// The responder has finished this exchange.
  func finished(_ exchange: Exchange) {}

  /// The responder has added to an answer that it has not finished.
  func flushed(_ exchange: Exchange) {}

  /// An answer will not be finished.
  func brokenOff(_ exchange: Exchange) {}

  /// Adds what can be sent to `out`; true when there is more than that to send at once.
  func produce(into out: inout ByteBuffer) -> Bool { false }

  /// Looks at the time limits.
  func check(at now: NIODeadline) -> Verdict { .fine }

  /// The connection is going to end: finish what is open, begin nothing. Comes twice, some time apart: an announcement
  /// to those that understand one, and the end of patience.
  func drain() {}

  /// The loop has other limits now.
  func limitsChanged() {}

  /// The connection is gone: give everything back.
  func abandon() {}

  /// Everything has been said: close once the output is out.
  var isOver: Bool { false }

  /// The client may still be sending something that nobody is going to read; see `Limits.lingerTime`.
  var shouldLinger: Bool { false }

  /// Whether more input is welcome.
  var wantsInput: Bool { true }

  /// The exchange is done with.
  func release(_ exchange: Exchange) {
    if exchange.stage != .resting { count(exchange, by: -1) }
    exchange.recycle()
    loop.giveBack(exchange: exchange.stream)
  }

  /// Hands a whole request to the responder.
  func deliver(_ exchange: Exchange) {
    exchange.stage = .answering
    exchange.divideTarget()
    exchange.watch.restart(at: loop.now, count: 0)
    counters.requests.bump()
    if exchange.version == .http2 { counters.http2Requests.bump() }
    exchange.post.put(connection.entrance.post)
    exchange.post.lent.use { $0.responder.answer(exchange) }
    exchange.answerIfForgotten()
  }

  /// An exchange has begun or ended.
  func count(_ exchange: Exchange, by amount: Int) {
    counters.exchanges.bump(by: amount)
    if exchange.version == .http2 { counters.streams.bump(by: amount) }
  }

  /// Where this connection's doings are counted.
  var counters: LoopCounters { connection.entrance.counters }
}
