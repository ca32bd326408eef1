import Glibc
import Subprocess

/// Sees to it that a guardian stands beside the runner, and another when it falls.
///
/// The guardian learns of the gateway's death by the end of a line, whose other end only the gateway has: commands never
/// get it, and a process that has been forked but does not yet run its command holds it until it does. So when the line
/// ends, whoever is left carries the mark.
actor GuardPost {
  private let words: [String]
  private let mark: Mark.Bytes
  private let gate: SpawnGate
  private let clock: RunnerClock
  private var line: Int32 = -1
  private var dismissed = false
  /// Which guardian it is that stands, or is about to.
  private var number = 0
  private var starting: Task<SystemFault?, Never>?

  init(words: [String], mark: Mark.Bytes, gate: SpawnGate, clock: RunnerClock) {
    self.words = words
    self.mark = mark
    self.gate = gate
    self.clock = clock
  }

  isolated deinit { if line >= 0 { close(line) } }

  /// Returns when a guardian stands.
  func ensure() async throws(SystemFault) {
    if starting == nil, line >= 0 || dismissed { return }
    let task = starting ?? Task { await start() }
    starting = task
    if let fault = await task.value { throw fault }
  }

  /// Lets it go.
  func dismiss() {
    dismissed = true
    hangUp()
  }

  private func hangUp() {
    if line >= 0 { close(line) }
    line = -1
  }

  private func start() async -> SystemFault? {
    defer { starting = nil }
    do throws(SystemFault) {
      let turn = try await gate.enter()
      let pair: SocketPair
      do throws(SystemFault) { pair = try SocketPair() } catch {
        await turn.end()
        throw error
      }
      line = pair.near
      number += 1
      _ = Array("\(mark.text)\n".utf8).withUnsafeBytes { SocketPair.send($0, to: line) }
      if let fault = await launch(hearing: pair.far, turn) {
        hangUp()
        throw SystemFault(saying: "the guardian could not be started: \(fault)")
      }
      return nil
    } catch {
      return error
    }
  }

  /// Starts the process, and returns when it stands; otherwise what went wrong, in words.
  private func launch(hearing end: Int32, _ turn: SpawnGate.Turn) async -> String? {
    let (configuration, number) = (configuration, number)
    return await withCheckedContinuation { continuation in
      let answer = Once(continuation)
      Task {
        do {
          _ = try await Subprocess.run(
            configuration, input: .fileDescriptor(.init(rawValue: end), closeAfterSpawningProcess: true),
            output: .sequence, error: .discarded
          ) { execution in
            await turn.end()
            for try await line in execution.standardOutput.strings() where line.hasSuffix(Guardian.greeting) {
              return answer.say(nil)
            }
          }
          answer.say("it ended at once")
        } catch {
          await turn.end()
          answer.say("\(error)")
        }
        await fallen(number)
      }
    }
  }

  private var configuration: Configuration {
    var configuration = Configuration(
      executable: .path(.init(words[0])), arguments: Arguments(Array(words.dropFirst())), environment: .custom([:]),
      workingDirectory: "/")
    configuration.platformOptions.createSession = true
    return configuration
  }

  /// The process is gone. Unless it was sent away, or never stood, the next one comes.
  private func fallen(_ number: Int) async {
    _ = await starting?.value
    guard !dismissed, number == self.number, line >= 0 else { return }
    hangUp()
    try? await clock.sleep(.milliseconds(100))
    try? await ensure()
  }
}
