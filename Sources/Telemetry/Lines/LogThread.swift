import Glibc

/// A thread of its own for work that blocks.
enum LogThread {
  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Starts a thread; answers the error, 0 if there is none. All signals stay with the process's other threads: a full
  /// disk or a broken pipe is an error code here, and no SIGXFSZ or SIGPIPE.
  static func start(_ run: sending @escaping () -> Void) -> Int32 {
    let body = Unmanaged.passRetained(Body(run))
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      return code
    }
    pthread_detach(thread)
    return 0
  }
}
