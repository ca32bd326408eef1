import Glibc
import Subprocess

/// The connections to other machines, each opened once and shared by the clients after it.
///
/// ssh could keep such a connection by itself, but the process it leaves for that writes over its environment, and
/// nobody would know it again. So they are processes like others here, and end with the runner.
actor SSHLinks {
  private let home: String
  private let settings: RunnerSettings
  private let mark: Mark
  private let clock: RunnerClock
  private let gate: SpawnGate
  private var links: [String: Link] = [:]

  /// How long one that nobody uses is kept.
  private static let idle = Duration.seconds(600)

  private struct Link {
    var opening: Task<String?, Never>?
    var process: pid_t?
    var users = 0
    var closing: Task<Void, Never>?
  }

  init(home: String, settings: RunnerSettings, mark: Mark, clock: RunnerClock, gate: SpawnGate) {
    self.home = home
    self.settings = settings
    self.mark = mark
    self.clock = clock
    self.gate = gate
  }

  /// Returns when there is a connection; otherwise why there is none. To be followed by `leave` in either case.
  func use(_ target: SSHTarget) async -> String? {
    let name = target.socket
    links[name, default: Link()].users += 1
    links[name]?.closing?.cancel()
    if links[name]?.process != nil, links[name]?.opening == nil { return nil }
    let task = links[name]?.opening ?? Task { await open(target) }
    links[name]?.opening = task
    return await task.value
  }

  func leave(_ target: SSHTarget) {
    let name = target.socket
    links[name]?.users -= 1
    guard let link = links[name], link.users == 0, link.process != nil else { return }
    let clock = clock
    links[name]?.closing = Task {
      guard (try? await clock.sleep(Self.idle)) != nil else { return }
      close(name)
    }
  }

  private func close(_ name: String) {
    guard let link = links[name], link.users == 0, let process = link.process else { return }
    kill(process, SIGTERM)
  }

  private func open(_ target: SSHTarget) async -> String? {
    let name = target.socket
    let log = "\(home)/\(name).log"
    // What one that was killed has left.
    unlink("\(home)/\(name)")
    unlink(log)
    let fault: String? = await withCheckedContinuation { continuation in
      let answer = Once(continuation)
      Task {
        do {
          let turn = try await gate.enter()
          do {
            _ = try await Subprocess.run(
              SSHClient(settings: settings, home: home, mark: mark).configuration(
                target.arguments(log: "\(name).log", isShared: true)),
              input: .none, output: .discarded, error: .discarded
            ) { execution in
              await turn.end()
              await wait(for: target, execution.processIdentifier.value, answer)
            }
          } catch {
            await turn.end()
            throw error
          }
          answer.say(SSHClient.complaint(log) ?? "ssh ended")
        } catch {
          answer.say("\(error)")
        }
        unlink(log)
        closed(name)
      }
    }
    links[name]?.opening = nil
    return fault
  }

  /// The socket is there as soon as the machine has let us in. Returns at the end of the process.
  private func wait(for target: SSHTarget, _ process: pid_t, _ answer: Once) async {
    links[target.socket]?.process = process
    var waited = Duration.zero
    while !SessionEnd.hasExited(process) {
      if access("\(home)/\(target.socket)", F_OK) == 0 { answer.say(nil) }
      // Let in or not: a server may hold its breath.
      if waited > .seconds(target.connectTimeout + 30), access("\(home)/\(target.socket)", F_OK) != 0 {
        kill(process, SIGKILL)
      }
      let pause = Duration.milliseconds(waited < .seconds(5) ? 20 : 500)
      try? await clock.sleep(pause)
      waited += pause
    }
    // From here on its number may be another's.
    links[target.socket]?.process = nil
  }

  private func closed(_ name: String) { links[name]?.closing?.cancel() }
}
