import NIOCore
import NIOSSL

/// Stands between the socket and TLS: sees the first bytes, and those who do not speak TLS; counts what passes.
///
/// What TLS needs is made only when a client has begun to speak it, because it takes much memory.
final class TLSDoor: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Goes on to the connection when the first bytes are not TLS.
  enum Stranger {
    /// They could be HTTP.
    case http
    case other
  }

  private let terms: TLSTerms
  private let entrance: Entrance
  private var context: ChannelHandlerContext?
  private var handler: NIOSSLServerHandler?
  private var isStrange = false

  /// Octets handed to the socket so far.
  private(set) var handed = 0

  /// First octet of a TLS record that belongs to a handshake (RFC 8446 §5.1).
  private static let handshakeRecord: UInt8 = 22

  init(_ terms: TLSTerms, of entrance: Entrance) {
    self.terms = terms
    self.entrance = entrance
  }

  /// TLS has begun.
  var isOpen: Bool { handler != nil }

  /// The client's certificate, which has been verified; nil when it has shown none.
  var peer: ClientCertificate? {
    guard terms.asksClients else { return nil }
    return handler?.peerCertificate.flatMap { ClientCertificate($0) }
  }

  /// Closes the socket without a word, and without waiting for one.
  func close() { context?.close(promise: nil) }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    self.context = nil
    handler = nil
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    entrance.counters.bytesIn.bump(by: buffer.readableBytes)
    if handler == nil, !isStrange { begin(context, with: buffer) }
    context.fireChannelRead(data)
    entrance.loop.giveBack(input: buffer)
  }

  private func begin(_ context: ChannelHandlerContext, with buffer: ByteBuffer) {
    guard let first = buffer.getInteger(at: buffer.readerIndex, as: UInt8.self) else { return }
    guard first == TLSDoor.handshakeRecord else {
      isStrange = true
      return context.fireUserInboundEventTriggered(first &- 65 < 26 ? Stranger.http : Stranger.other)
    }
    let handler = NIOSSLServerHandler(context: terms.context)
    do {
      try context.pipeline.syncOperations.addHandler(handler, position: .after(self))
      self.handler = handler
    } catch {
      context.close(promise: nil)
    }
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let count = unwrapOutboundIn(data).readableBytes
    handed += count
    entrance.counters.bytesOut.bump(by: count)
    context.write(data, promise: promise)
  }
}
