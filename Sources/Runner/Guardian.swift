import Glibc

/// The life of the guardian: a process of its own, which outlives the gateway by a moment and ends what it left behind.
///
/// It needs no other program and no new process to do so, however short of them the machine is.
package enum Guardian {
  /// The end of the line in which it says that it stands.
  static let greeting = "guardian stands"

  /// Reads the standard input: a line that says which processes are meant, and then nothing, until the gateway is gone.
  /// Then kills them, until none is left, and returns. To be run as the whole of a process.
  package static func stand() {
    for signal in [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGTSTP, SIGTTIN, SIGTTOU] {
      Glibc.signal(signal, SIG_IGN)
    }
    // Short of memory, the kernel should take others first. Allowed to root only; without it, nothing is worse.
    let rank = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
    if rank >= 0 {
      try? FileBytes.write(Array("-1000".utf8), to: rank)
      close(rank)
    }
    try? FileBytes.write(Array("\n\(greeting)\n".utf8), to: STDOUT_FILENO)
    var said: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1024)
    while true {
      let count = read(STDIN_FILENO, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { break }
      said += chunk[..<count]
    }
    // An empty mark would be everybody's.
    guard said.last == UInt8(ascii: "\n"), said.contains(UInt8(ascii: "=")) else { return }
    Sweep(mark: Mark.Bytes(String(decoding: said.dropLast(), as: UTF8.self), isPrefix: true)).run()
  }
}
