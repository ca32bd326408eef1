import Glibc
import Subprocess

/// One node's run of a job: everything a process needs, and the process, from its start to the end of its session.
struct Launch: Sendable {
  let order: RunOrder
  let node: String
  let admission: Admission
  let settings: RunnerSettings
  let clock: RunnerClock
  let gate: SpawnGate

  /// How it came to an end, and what else is to be said about it.
  typealias Outcome = (ending: JobLife.Ending, note: String?)

  /// Runs the command. Never throws: whatever goes wrong is an ending.
  func run(on leash: Leash, started: @escaping @Sendable () async -> Void) async -> Outcome {
    var attachment: Attachment?
    defer { attachment?.remove() }
    do {
      attachment = try order.file.map {
        try Attachment($0, job: order.job, node: node, in: settings.attachments, for: admission.account)
      }
      guard !leash.isEnding else { return (.unstarted, nil) }
      let turn = try await gate.enter()
      let run: (status: TerminationStatus, note: String?)
      do {
        run = try await spawn(on: leash, attachment: attachment?.path) {
          await turn.end()
          await started()
        }
      } catch {
        await turn.end()
        throw error
      }
      switch run.status {
      case .exited(let code): return (.exited(code), run.note)
      case .signaled(let signal): return (.signalled(signal), run.note)
      }
    } catch {
      leash.release()
      return (.lost("\(error)"), nil)
    }
  }

  private func spawn(
    on leash: Leash, attachment: String?, started: @escaping @Sendable () async -> Void
  ) async throws -> (status: TerminationStatus, note: String?) {
    var configuration = Configuration(
      executable: .path(.init(words[0])), arguments: Arguments(Array(words.dropFirst())),
      environment: .custom(environment(attachment: attachment)), workingDirectory: .init(admission.directory))
    configuration.platformOptions.createSession = true
    guard order.capture else {
      let run = try await Subprocess.run(configuration, input: .none, output: .discarded, error: .discarded) {
        let leader = $0.processIdentifier.value
        leash.attach(leader)
        await started()
        await SessionEnd(leader: leader, leash: leash, clock: clock).wait()
      }
      return (run.terminationStatus, nil)
    }
    let store = OutputStore(root: settings.outputs)
    let run = try await Subprocess.run(configuration, input: .none, output: .sequence, error: .sequence) { execution in
      let leader = execution.processIdentifier.value
      leash.attach(leader)
      await started()
      async let out = capture(execution.standardOutput, .stdout, leader: leader, store)
      async let err = capture(execution.standardError, .stderr, leader: leader, store)
      let notes = await [out, err].compactMap { $0 }
      await SessionEnd(leader: leader, leash: leash, clock: clock).wait()
      return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }
    return (run.terminationStatus, run.closureResult)
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

  /// The shell and the program, behind setpriv where there is one.
  private var words: [String] {
    let command = admission.command
    let shell = [settings.shell, "-c", command.program, "sh"] + command.arguments
    guard let setpriv = settings.setpriv else { return shell }
    // In this order they take effect: a change of account would clear the death signal.
    var change: [String] = []
    if let account = admission.account, account.uid != geteuid() {
      change = ["--reuid=\(account.name)", "--regid=\(account.gid)", "--init-groups"]
    }
    return [setpriv] + change + ["--pdeathsig=KILL", "--"] + shell
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
    return all
  }
}
