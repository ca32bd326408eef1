import Glibc
import Subprocess

/// One node's run of a job on another machine, through OpenSSH's client.
///
/// All that go to the same machine share a connection.
struct RemoteRun: Sendable {
  let order: RunOrder
  let place: Int
  let command: RealCommand
  let target: SSHTarget
  let settings: RunnerSettings
  let house: Runner.House
  let clock: RunnerClock
  let gate: SpawnGate

  /// How long a killed run may take to say so, before its connection is cut.
  private static let patience = Duration.seconds(5)

  var preamble: RemotePreamble {
    RemotePreamble(order: order, place: place, command: command, target: target, settings: settings, mark: house.mark)
  }

  /// Runs the command there. Never throws: whatever goes wrong is an ending.
  func run(on leash: Leash, started: @escaping @Sendable () async -> Void) async -> Launch.Outcome {
    let fault = await house.links.use(target)
    let outcome: Launch.Outcome
    if leash.isEnding {
      outcome = Launch.Outcome(ending: .unstarted)
    } else if let fault {
      outcome = Launch.Outcome(ending: .lost("could not be started on \(target.address): \(fault)"))
    } else {
      outcome = await runThere(leash, started)
    }
    leash.release()
    await house.links.leave(target)
    return outcome
  }

  private func runThere(_ leash: Leash, _ started: @escaping @Sendable () async -> Void) async -> Launch.Outcome {
    let log = "\(order.job)-\(place).run"
    defer { unlink("\(house.home.path)/\(log)") }
    do {
      let turn = try await gate.enter()
      do {
        let lifeline = try Lifeline()
        let script = preamble.run
        let run = try await Subprocess.run(
          client(script, log: log),
          input: .fileDescriptor(.init(rawValue: lifeline.far), closeAfterSpawningProcess: true),
          output: .sequence, error: .sequence
        ) { execution in
          await turn.end()
          leash.attach { lifeline.signal($0) }
          let pid = execution.processIdentifier.value
          async let sent: Void = Blocking.run { lifeline.begin(script + (order.file ?? [])) }
          async let out = read(execution.standardOutput, .stdout) {}
          async let err = read(execution.standardError, .stderr, started: started)
          let tasks = [Task { await beat(lifeline) }, Task { await lose(pid, leash) }]
          let heard = await [out, err]
          for task in tasks { task.cancel() }
          lifeline.hangUp()
          await sent
          await end(pid)
          return heard
        }
        return outcome(run.closureResult, log, leash)
      } catch {
        await turn.end()
        throw error
      }
    } catch {
      return Launch.Outcome(ending: .lost("\(error)"))
    }
  }

  /// What one channel came to.
  private struct Heard: Sendable {
    let end: String?
    let isStarted: Bool
    let noise: String
    let note: String?
  }

  private func read(
    _ sequence: SubprocessOutputSequence, _ channel: OutputChannel, started: () async -> Void
  ) async -> Heard {
    var stream = RemoteStream(mark: preamble.mark)
    var sink: OutputSink?
    if order.capture {
      let path = OutputStore(root: settings.outputs).path(job: order.job, node: order.nodes[place], channel: channel)
      sink = OutputSink(path: path, limit: settings.outputLimit)
    }
    var fault: String?
    do {
      for try await buffer in sequence {
        let before = stream.isStarted
        buffer.withUnsafeBytes { stream.take($0) { sink?.take($0) } }
        if !before && stream.isStarted { await started() }
        if stream.end != nil { break }
      }
    } catch {
      fault = "\(channel) was not read to its end: \(error)"
    }
    stream.flush { sink?.take($0) }
    if let unkept = sink.take()?.finish() { fault = "\(channel) was not kept: \(unkept)" }
    return Heard(end: stream.end, isStarted: stream.isStarted, noise: stream.noise, note: fault)
  }

  private func outcome(_ heard: [Heard], _ log: String, _ leash: Leash) -> Launch.Outcome {
    var notes = heard.compactMap(\.note)
    let address = target.address
    guard let end = heard.compactMap(\.end).last else {
      let isStarted = heard.contains(where: \.isStarted)
      // Told to end while it was on its way, it says nothing.
      if !isStarted && leash.isEnding { return Launch.Outcome(ending: .unstarted, notes: notes) }
      let why = (complaint(log) ?? heard.last?.noise).flatMap { $0.isEmpty ? nil : ": \($0)" } ?? ""
      let what = isStarted ? "the connection to \(address) was lost" : "could not be started on \(address)"
      return Launch.Outcome(ending: .lost(what + why), notes: notes)
    }
    let words = end.split(separator: " ", maxSplits: 1).map(String.init)
    let number = words.last.flatMap { $0.split(separator: " ").first }.flatMap { Int32($0) }
    let ending: JobLife.Ending =
      switch (words.first, number) {
      case ("exited", let code?): .exited(code)
      case ("signalled", let signal?): .signalled(signal)
      case ("unstarted", _): .unstarted
      default: .lost(words.count > 1 ? words[1] : end)
      }
    if !leash.isEnding && end.hasSuffix(" left") { notes.insert("processes it left behind were ended", at: 0) }
    if let reason = settings.limits.reason(of: ending) { notes.insert(reason, at: 0) }
    return Launch.Outcome(ending: ending, notes: notes)
  }

  private func beat(_ lifeline: Lifeline) async {
    while (try? await clock.sleep(.seconds(target.beat))) != nil { lifeline.beat() }
  }

  /// Cuts the connection of a run that was killed and does not say so. The other side ends what it can no longer hear of.
  private func lose(_ client: pid_t, _ leash: Leash) async {
    var passed = Duration.zero
    while passed < Self.patience {
      guard (try? await clock.sleep(.milliseconds(100))) != nil else { return }
      if leash.isKilled { passed += .milliseconds(100) }
    }
    kill(client, SIGKILL)
  }

  /// Waits for the client's end, not for ever.
  private func end(_ client: pid_t) async {
    for _ in 0..<100 {
      if SessionEnd.hasExited(client) { return }
      try? await clock.sleep(.milliseconds(20))
    }
    kill(client, SIGKILL)
  }

  func client(_ script: [UInt8], log: String) -> Configuration {
    SSHClient(settings: settings, home: house.home.path, mark: house.mark).configuration(
      target.arguments(log: log, isShared: false) + [RemotePreamble.bootstrap(script)])
  }

  func complaint(_ log: String) -> String? { SSHClient.complaint("\(house.home.path)/\(log)") }
}
