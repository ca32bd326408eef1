/// From an accepted job to one that runs, or never will.
extension Runner {
  /// Asks every node whether it takes the job. The vote is over when all have answered, or the time is up.
  func openVote(_ job: Int64, _ serial: Int, _ house: House) {
    guard let order = work[job]?.order, isVoting(job, serial) else { return }
    let command = Admission.command(of: order, whitelist)
    var here: [Int] = []
    var asking: [Task<Void, Never>] = []
    for (place, node) in order.nodes.enumerated() {
      guard let known = inventory[node] else {
        cast(job, serial, place, .unreachable("no node of that name here"))
        continue
      }
      switch command {
      case .failure(let refusal): cast(job, serial, place, .refused(refusal.reason))
      case .success where isBusy(node): cast(job, serial, place, .refused("busy"))
      case .success(let command):
        guard let target = known.ssh else {
          here.append(place)
          continue
        }
        let run = RemoteRun(
          order: order, place: place, command: command, target: target, settings: settings, house: house,
          clock: clock, gate: gate)
        asking.append(
          Task {
            let vote = await run.vote()
            self.cast(job, serial, place, vote, .there(run))
            self.countVotes(job, serial, house)
          })
      }
    }
    if !here.isEmpty, case .success(let command) = command {
      let (settings, places) = (settings, here)
      asking.append(
        Task {
          let admission = await Blocking.run { Admission.decide(order, command, settings) }
          self.admitted(job, serial, places, admission, house)
        })
    }
    let (clock, limit) = (clock, settings.voteTimeout)
    asking.append(
      Task {
        guard (try? await clock.sleep(limit)) != nil else { return }
        self.closeVote(job, serial, house)
      })
    work[job]?.voting = asking
    countVotes(job, serial, house)
  }

  private func isVoting(_ job: Int64, _ serial: Int) -> Bool {
    work[job]?.serial == serial && work[job]?.life.phase == .waiting
  }

  private func admitted(
    _ job: Int64, _ serial: Int, _ places: [Int], _ admission: Result<Admission, Refusal>, _ house: House
  ) {
    guard isVoting(job, serial) else { return }
    switch admission {
    case .success(let admission):
      for place in places { cast(job, serial, place, .ready, .here(admission)) }
    case .failure(let refusal):
      for place in places { cast(job, serial, place, .refused(refusal.reason)) }
    }
    countVotes(job, serial, house)
  }

  /// A node's vote. One that was free when it was asked may have been taken meanwhile.
  private func cast(_ job: Int64, _ serial: Int, _ place: Int, _ vote: JobLife.Vote, _ way: Way? = nil) {
    guard isVoting(job, serial), let item = work[job], item.life.awaits(place) else { return }
    let busy = vote == .ready && isBusy(item.order.nodes[place])
    if busy || vote == .refused("busy") { counts.busyVotes += 1 }
    work[job]?.ways[place] = way
    step(job) { $0.vote(place, busy ? .refused("busy") : vote) }
  }

  private func closeVote(_ job: Int64, _ serial: Int, _ house: House) {
    guard isVoting(job, serial) else { return }
    let limit = settings.voteTimeout
    step(job) { $0.closeVote("no vote within \(limit)") }
    countVotes(job, serial, house)
  }

  private func countVotes(_ job: Int64, _ serial: Int, _ house: House) {
    guard isVoting(job, serial), let item = work[job], item.life.isVoted else { return }
    for task in item.voting { task.cancel() }
    step(job) { $0.count(quorum: item.order.quorum) }
    if work[job]?.life.phase == .running { launch(job, in: house) }
  }
}
