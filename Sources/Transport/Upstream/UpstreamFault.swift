/// Why a call got no answer.
package struct UpstreamFault: Error, Equatable, Sendable, CustomStringConvertible {
  /// Which limit of time has passed.
  package enum Clock: String, Sendable {
    /// Until the connection stands, its encryption included.
    case connect
    /// Until the first byte of the answer.
    case firstByte
    /// Between two bytes, of the call or of its answer.
    case progress
    /// From `send` to the end of the answer.
    case total
  }

  /// What went wrong.
  package enum Kind: Equatable, Sendable {
    /// Nobody listens there.
    case refused
    /// No way there: the name is unknown, the network is down.
    case unreachable
    /// The two sides did not agree on how to encrypt, or did not trust each other; the text is for a log.
    case tls(String)
    /// It took too long.
    case timeout(Clock)
    /// The connection, or this stream of it, was ended by the other side before the answer was whole.
    case reset
    /// What came is not HTTP as it should be; the text says in which way. Also a call that could not be written.
    case nonsense(String)
    /// The answer is larger than `UpstreamSettings.Bounds` allow.
    case tooLarge
    /// Too many calls wait already, or all of them hold too much.
    case overloaded
    /// The caller wanted it no more.
    case cancelled
  }

  /// Whether the backend may have heard of the call.
  package enum Sent: Sendable {
    /// It has not: no byte of the call left this process, or HTTP/2 said that nothing was done about it.
    case no
    /// It may have heard all of it, and have done it.
    case maybe
  }

  /// What went wrong.
  package var kind: Kind

  /// Whether it may be called again without being done twice.
  package var sent: Sent

  /// Both.
  package init(_ kind: Kind, sent: Sent) {
    self.kind = kind
    self.sent = sent
  }

  /// A few words for a log; no secret is in them.
  package var description: String {
    switch kind {
    case .refused: "connection refused"
    case .unreachable: "unreachable"
    case .tls(let text): "TLS: \(text)"
    case .timeout(let clock): "no \(clock.rawValue) in time"
    case .reset: "connection ended before the answer"
    case .nonsense(let text): "not understood: \(text)"
    case .tooLarge: "the answer is too large"
    case .overloaded: "too many calls"
    case .cancelled: "cancelled"
    }
  }

  /// It says something about the endpoint's health.
  var isSickness: Bool {
    switch kind {
    case .refused, .unreachable, .tls, .timeout, .reset: true
    case .nonsense, .tooLarge, .overloaded, .cancelled: false
    }
  }
}
