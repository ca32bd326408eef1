import Glibc
import Subprocess

extension RemoteRun {
  /// Asks the machine whether it takes the job.
  func vote() async -> JobLife.Vote {
    let fault = await house.links.use(target)
    let vote: JobLife.Vote
    if let fault { vote = .unreachable(fault) } else { vote = await ask() }
    await house.links.leave(target)
    return vote
  }

  private func ask() async -> JobLife.Vote {
    let log = "\(order.job)-\(place).vote"
    defer { unlink("\(house.home.path)/\(log)") }
    do {
      let turn = try await gate.enter()
      let answer: String?
      do {
        answer = try await hear(turn, log)
      } catch {
        await turn.end()
        throw error
      }
      guard let answer else { return .unreachable(complaint(log) ?? "no answer from \(target.address)") }
      let words = answer.split(separator: " ", maxSplits: 1).map(String.init)
      return words == ["ready"] ? .ready : .refused(words.last ?? "")
    } catch {
      return .unreachable("\(error)")
    }
  }

  private func hear(_ turn: SpawnGate.Turn, _ log: String) async throws -> String? {
    let lifeline = try Lifeline()
    let script = preamble.vote
    let run = try await Subprocess.run(
      client(script, log: log),
      input: .fileDescriptor(.init(rawValue: lifeline.far), closeAfterSpawningProcess: true),
      output: .sequence, error: .discarded
    ) { execution in
      await turn.end()
      async let sent: Void = Blocking.run {
        lifeline.begin(script)
        lifeline.finish()
      }
      var stream = RemoteStream(mark: preamble.mark)
      for try await buffer in execution.standardOutput {
        buffer.withUnsafeBytes { stream.take($0) { _ in } }
        if stream.end != nil { break }
      }
      lifeline.hangUp()
      await sent
      return stream.end
    }
    return run.closureResult
  }
}
