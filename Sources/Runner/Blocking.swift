import Glibc

/// Work that may hang in the system (an account server, a dead network file system), kept off the few threads that
/// everything else shares.
package enum Blocking {
  private final class Box: Sendable {
    let work: @Sendable () -> Void

    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }

  /// Runs it on a thread of its own. When none can be had, here.
  package static func run<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      let box = Unmanaged.passRetained(Box { continuation.resume(returning: work()) })
      var thread = pthread_t()
      let code = pthread_create(
        &thread, nil,
        { raw in
          if let raw { Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().work() }
          return nil
        }, box.toOpaque())
      if code == 0 {
        pthread_detach(thread)
      } else {
        box.takeRetainedValue().work()
      }
    }
  }
}
