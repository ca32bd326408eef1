import NIOCore
import NIOPosix

/// How a connection to a platform ends, and what its calls hear of that.
extension UpstreamConnection {
  /// It is closed when its calls are done.
  func retire() {
    isRetired = true
    loop.markDirty(self)
  }

  /// Closes, and says why to the calls that are still here.
  func close(because kind: UpstreamFault.Kind? = nil) {
    if reason == nil { reason = kind }
    guard let context else { return closed(because: reason ?? .reset) }
    context.close(promise: nil)
  }

  /// The channel is gone. Before it stood, the attempt's own result says why.
  func lost() {
    context = nil
    if case .connecting = phase, reason == nil { return }
    let isShaking = if case .shaking = phase { true } else { false }
    closed(because: reason ?? (isShaking ? .tls("the connection ended during the handshake") : .reset))
  }

  func closed(because kind: UpstreamFault.Kind) {
    if case .closed = phase { return }
    let isClean = reason == nil
    phase = .closed
    reason = kind
    endpoint.remove(self)
    let calls = pending
    pending = []
    if let talk = talk.take() {
      talk.ended(kind, isClean: isClean)
    } else {
      upstream.tally.openingsFailed.bump()
      for call in calls where call.stage == .placed { upstream.failed(call, UpstreamFault(kind, sent: .no)) }
    }
    upstream.pump()
  }

  /// What an error of the channel means.
  static func kind(of error: any Error, isOpening: Bool) -> UpstreamFault.Kind? {
    if let words = TLSWords.of(error) { return .tls(words) }
    switch error {
    case let error as NIOConnectionError:
      let kinds = error.connectionErrors.compactMap { kind(of: $0.error, isOpening: isOpening) }
      return kinds.first { $0 == .refused } ?? kinds.first ?? .unreachable
    case ChannelError.connectTimeout: return .timeout(.connect)
    case let error as IOError where error.errnoCode == ECONNREFUSED: return .refused
    case is IOError: return isOpening ? .unreachable : .reset
    default: return nil
    }
  }
}
