import Glibc
import Subprocess

/// One node's run of a job on this machine: everything a process needs, and the process, from its start to the end of
/// all that it started.
struct Launch: Sendable {
  let order: RunOrder
  let place: Int
  let admission: Admission
  let settings: RunnerSettings
  let house: Runner.House
  let clock: RunnerClock
  let gate: SpawnGate

  /// How it came to an end, and what else is to be said about it.
  struct Outcome: Sendable {
    let ending: JobLife.Ending
    var notes: [String] = []
  }

  private var node: String { order.nodes[place] }

  /// Runs the command. Never throws: whatever goes wrong is an ending.
  func run(on leash: Leash, started: @escaping @Sendable () async -> Void) async -> Outcome {
    var attachment: Attachment?
    defer { attachment?.remove() }
    do {
      attachment = try order.file.map {
        try Attachment($0, job: order.job, node: node, in: settings.attachments, for: admission.account)
      }
      guard !leash.isEnding else { return Outcome(ending: .unstarted) }
      let turn = try await gate.enter()
      var run: (status: TerminationStatus, notes: [String])
      do {
        run = try await spawn(on: leash, attachment: attachment?.path) {
          await turn.end()
          await started()
        }
      } catch {
        await turn.end()
        throw error
      }
      let ending: JobLife.Ending =
        switch run.status {
        case .exited(let code): .exited(code)
        case .signaled(let signal): .signalled(signal)
        }
      if let reason = settings.limits.reason(of: ending) { run.notes.insert(reason, at: 0) }
      return Outcome(ending: ending, notes: run.notes)
    } catch {
      leash.release()
      return Outcome(ending: .lost("\(error)"))
    }
  }

  private func spawn(
    on leash: Leash, attachment: String?, started: @escaping @Sendable () async -> Void
  ) async throws -> (status: TerminationStatus, notes: [String]) {
    var configuration = Configuration(
      executable: .path(.init(words[0])), arguments: Arguments(Array(words.dropFirst())),
      environment: .custom(environment(attachment: attachment)), workingDirectory: .init(admission.directory))
    configuration.platformOptions.createSession = true
    guard order.capture else {
      let run = try await Subprocess.run(configuration, input: .none, output: .discarded, error: .discarded) {
        let leader = $0.processIdentifier.value
        attach(leash, to: leader)
        await started()
        return await end(leader, leash)
      }
      return (run.terminationStatus, run.closureResult)
    }
    let store = OutputStore(root: settings.outputs)
    let run = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .sequence) { execution in
      let leader = execution.processIdentifier.value
      attach(leash, to: leader)
      await started()
      async let out = capture(execution.standardOutput, .stdout, leader: leader, store)
      async let err = capture(execution.standardError, .stderr, leader: leader, store)
      let rest = await end(leader, leash)
      return await rest + [out, err].compactMap { $0 }
    }
    return (run.terminationStatus, run.closureResult)
  }

  private func attach(_ leash: Leash, to leader: pid_t) {
    leash.attach { signal in
      kill(-leader, signal)
      // A stopped process hears nothing else before it is woken.
      if signal != SIGKILL { kill(-leader, SIGCONT) }
    }
  }

  /// Waits for the end of all there is of the command; what there is to be said of it.
  private func end(_ leader: pid_t, _ leash: Leash) async -> [String] {
    let end = SessionEnd(
      leader: leader, mark: house.mark.value(job: order.job, place: place), census: house.census, leash: leash,
      grace: settings.grace, clock: clock)
    return switch await end.wait() {
    case .none: []
    case .ended: ["processes it left behind were ended"]
    case .living: ["processes it left behind do not end, not even when killed"]
    }
  }

  /// Reads a channel to its end. When the command has ended but a child of it goes on printing, what is in the pipe is
  /// the end. Returns what must be said of an output that could not be kept; the command itself is none the worse.
  private func capture(
    _ sequence: SubprocessOutputSequence, _ channel: OutputChannel, leader: pid_t, _ store: OutputStore
  ) async -> String? {
    var sink = OutputSink(
      path: store.path(job: order.job, node: node, channel: channel), limit: settings.outputLimit)
    var late = 0
    do {
      for try await buffer in sequence {
        buffer.withUnsafeBytes { sink.take($0) }
        if SessionEnd.hasExited(leader) { late += 1 }
        if late > 16 { break }
      }
    } catch {
      _ = sink.finish()
      return "\(channel) was not read to its end: \(error)"
    }
    return sink.finish().map { "\(channel) was not kept: \($0)" }
  }

  /// The shell and the program, behind what limits them and changes their account.
  private var words: [String] {
    let command = admission.command
    let shell = [settings.shell, "-c", command.program, "sh"] + command.arguments
    let limited = settings.prlimit.map { settings.limits.words($0) } ?? []
    guard let setpriv = settings.setpriv else { return limited + shell }
    // In this order they take effect: a change of account would clear the death signal.
    var change: [String] = []
    if let account = admission.account, account.uid != geteuid() {
      change = ["--reuid=\(account.name)", "--regid=\(account.gid)", "--init-groups"]
    }
    return limited + [setpriv] + change + ["--pdeathsig=KILL", "--"] + shell
  }

  /// Later wins: the house, the account, the caller, and last what the command must be able to rely on.
  private func environment(attachment: String?) -> [Environment.Key: String] {
    var all: [Environment.Key: String] = [:]
    func set(_ name: String, _ value: String) {
      if let key = Environment.Key(rawValue: name) { all[key] = value }
    }
    for (name, value) in settings.environment { set(name, value) }
    if let account = admission.account {
      set("HOME", account.home)
      set("USER", account.name)
      set("LOGNAME", account.name)
    }
    for (name, value) in order.environment { set(name, value) }
    set(settings.variables.job, order.id)
    set(settings.variables.node, node)
    if let attachment { set(settings.variables.file, attachment) }
    set(house.mark.name, house.mark.value(job: order.job, place: place))
    return all
  }
}
