/// From a job that may run to processes, and back from their ends to the job.
extension Runner {
  /// How long a killed process may take to vanish before its node is given up.
  private static var patience: Duration { .seconds(10) }

  func launch(_ job: Int64, in house: House) {
    guard var item = work[job] else { return }
    let seconds = item.order.runTimeout
    guard seconds > 0 else { return end(job, .timeout(seconds), grace: .zero) }
    let clock = clock
    item.timer = Task { [weak self] in
      // Ten years are for ever, and no sum of times overflows.
      guard (try? await clock.sleep(.seconds(min(seconds, 315_360_000)))) != nil else { return }
      await self?.timeout(job, seconds)
    }
    let ready = item.life.nodes.indices.filter { item.life.nodes[$0] == .ready }
    for place in ready { item.leashes[place] = Leash() }
    work[job] = item
    for place in ready {
      guard let leash = item.leashes[place] else { continue }
      let way = item.ways[place]
      Task {
        let outcome =
          switch way {
          case .here(let admission):
            await Launch(
              order: item.order, place: place, admission: admission, settings: settings, house: house, clock: clock,
              gate: gate
            ).run(on: leash) { await self.started(job, place) }
          case .there(let run): await run.run(on: leash) { await self.started(job, place) }
          case nil: Launch.Outcome(ending: .unstarted)
          }
        self.step(job) { $0.ended(place, outcome.ending, notes: outcome.notes) }
      }
    }
  }

  /// Ends a job's processes; those that are left afterwards are given up.
  func end(_ job: Int64, _ cut: JobLife.Cut, grace: Duration) {
    guard let item = work[job] else { return }
    let unstarted = Set(item.life.nodes.indices.filter { item.leashes[$0] == nil })
    step(job) { $0.end(cut, unstarted: unstarted) }
    for (place, leash) in item.leashes where !leash.isReleased {
      guard grace > .zero else {
        leash.kill()
        give(up: job, place, leash)
        continue
      }
      leash.terminate()
      let clock = clock
      Task {
        try? await clock.sleep(grace)
        guard !leash.isReleased else { return }
        leash.kill()
        self.give(up: job, place, leash)
      }
    }
  }

  private func give(up job: Int64, _ place: Int, _ leash: Leash) {
    let clock = clock
    Task {
      try? await clock.sleep(Self.patience)
      guard !leash.isReleased else { return }
      self.step(job) { $0.ended(place, .lost("does not end, not even when killed")) }
    }
  }

  private func timeout(_ job: Int64, _ seconds: Int64) {
    end(job, .timeout(seconds), grace: settings.grace)
  }

  private func started(_ job: Int64, _ place: Int) { step(job) { $0.started(place) } }
}
