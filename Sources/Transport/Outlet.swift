import NIOCore

/// Where a connection's bytes go: straight into its socket, as long as that takes them. What it does not take goes by the
/// channel, and so does everything behind it until the channel has no more. Nearly always the socket takes all, and the
/// channel's own way to it costs about as much as it takes to read a request.
final class Outlet {
  private var socket: CInt?
  /// Writes that the channel has, and has not finished.
  private var queued = 0

  /// Finds the socket of a channel that bytes go through as they are. Without it, as with TLS, they go by the channel.
  func open(_ channel: any Channel) { socket = Descriptor.number(of: channel) }

  /// Sends bytes; the channel must be open. How a socket fails, the channel finds out and tells.
  func send(_ bytes: inout ByteBuffer, _ context: ChannelHandlerContext) {
    if let socket, queued == 0 {
      let taken = bytes.withUnsafeReadableBytes { Descriptor.send($0, on: socket) }
      bytes.moveReaderIndex(forwardBy: taken)
      if bytes.readableBytes == 0 { return }
    }
    queued += 1
    let promise = context.eventLoop.makePromise(of: Void.self)
    promise.futureResult.assumeIsolated().whenComplete { _ in self.queued -= 1 }
    context.writeAndFlush(NIOAny(bytes), promise: promise)
  }
}
