import NIOCore

/// Lets all connections of a loop read into one buffer, one after the other.
///
/// NIO keeps the first buffer that a channel was given for as long as the channel lives: that one is small. Later ones
/// it takes anew each time, because it is told that they may grow, and the loop lends out its own.
/// `@unchecked`: one channel, one loop.
struct ReadBuffers: RecvByteBufferAllocator, @unchecked Sendable {
  /// Holds an ordinary first request.
  private static let firstBytes = 512

  private let loop: Loop
  private let state = State()

  private final class State { var hasBegun = false }

  init(of loop: Loop) { self.loop = loop }

  func buffer(allocator: ByteBufferAllocator) -> ByteBuffer {
    guard state.hasBegun else {
      state.hasBegun = true
      return allocator.buffer(capacity: ReadBuffers.firstBytes)
    }
    return loop.takeInput()
  }

  mutating func record(actualReadBytes: Int) -> Bool { true }

  func nextBufferSize() -> Int? { nil }
}
