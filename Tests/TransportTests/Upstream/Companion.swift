import Glibc

/// Another program that runs beside a test, to speak with; ends with it.
final class Companion: @unchecked Sendable {
  struct Failure: Error, CustomStringConvertible { var description: String }

  let process: pid_t
  private let input: CInt
  private let output: CInt
  private var pending: [UInt8] = []
  private var isGone = false

  /// Starts a command, found by the shell's path; `exec` makes the shell's number the program's.
  init(_ command: String) throws {
    var toIt: [CInt] = [0, 0]
    var fromIt: [CInt] = [0, 0]
    guard pipe(&toIt) == 0, pipe(&fromIt) == 0 else { throw Failure(description: "pipe: \(errno)") }
    for end in toIt + fromIt { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, toIt[0], 0)
    posix_spawn_file_actions_adddup2(&actions, fromIt[1], 1)
    posix_spawn_file_actions_adddup2(&actions, fromIt[1], 2)
    defer { posix_spawn_file_actions_destroy(&actions) }
    var number: pid_t = 0
    var words: [UnsafeMutablePointer<CChar>?] = ["/bin/sh", "-c", "exec " + command].map { (word: String) in
      strdup(word)
    }
    words.append(nil)
    defer { for word in words { free(word) } }
    let code = posix_spawn(&number, "/bin/sh", &actions, nil, &words, environ)
    Glibc.close(toIt[0])
    Glibc.close(fromIt[1])
    guard code == 0 else { throw Failure(description: "spawn: \(code)") }
    process = number
    input = toIt[1]
    output = fromIt[0]
  }

  deinit { end() }

  /// Ends it and waits for that.
  func end() {
    guard !isGone else { return }
    isGone = true
    kill(process, SIGKILL)
    var status: CInt = 0
    waitpid(process, &status, 0)
    Glibc.close(input)
    Glibc.close(output)
  }

  /// The rest of the next line it prints that holds `text`, from there on.
  func line(holding text: String) async throws -> String {
    try await onThread { () -> Result<String, Failure> in
      while true {
        while let end = self.pending.firstIndex(of: 10) {
          let line = String(decoding: self.pending[..<end], as: UTF8.self)
          self.pending.removeFirst(end + 1)
          if let found = line.firstRange(of: text) { return .success(String(line[found.upperBound...])) }
        }
        var ready = pollfd(fd: self.output, events: Int16(POLLIN), revents: 0)
        guard poll(&ready, 1, 20_000) > 0 else { return .failure(Failure(description: "it said nothing of \(text)")) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = read(self.output, &bytes, bytes.count)
        guard count > 0 else { return .failure(Failure(description: "it ended before \(text)")) }
        self.pending += bytes.prefix(count)
      }
    }.get()
  }
}

/// A port that nobody listens on at the moment.
func freePort() throws -> Int {
  let listener = try RawListener()
  defer { listener.shut() }
  return listener.port
}

/// One of the stubs of the platforms, for as long as `body` runs.
func withPlatform(_ options: String, _ body: (Platform) async throws -> Void) async throws {
  let tests = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  let companion = try Companion("python3 /\(tests)/Platforms/platform.py --until-eof " + options)
  defer { companion.end() }
  let port = Int(try await companion.line(holding: "listening on 127.0.0.1:")) ?? 0
  let control = Int(try await companion.line(holding: "control on 127.0.0.1:")) ?? 0
  try await body(Platform(port: port, controlPort: control))
}

struct Platform: Sendable {
  var port: Int
  var controlPort: Int

  /// Says something at its control port; answers what it says.
  @discardableResult
  func control(_ name: String, _ json: String = "{}") async -> String {
    await run("curl -s --noproxy '*' -d '\(json)' http://127.0.0.1:\(controlPort)/_control/\(name)").output
  }

  /// A number of its state.
  func state(_ name: String) async -> Int {
    let text = await control("state")
    guard let range = text.firstRange(of: "\"\(name)\": ") else { return -1 }
    return Int(text[range.upperBound...].prefix { $0.isNumber }) ?? -1
  }
}
