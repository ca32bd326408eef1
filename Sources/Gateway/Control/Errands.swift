import Ledger
import Logging
import Transport
import UnixSignals

/// What goes on beside the requests until the server is told to stop: signals, changed files, jobs that are old enough to
/// be forgotten, a sign of life for the service manager.
struct Errands: Sendable {
  let core: Core
  let reloader: Reloader
  let notify: NotifySocket

  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await listen() }
      group.addTask { await reloader.watch() }
      group.addTask { await forget() }
      group.addTask { await lookAfter() }
      group.addTask { await reconcile() }
      group.addTask { await beat() }
      group.addTask { await settleDown() }
    }
  }

  /// What the start and the first errands have needed, memory and code, is not kept.
  private func settleDown() async {
    do { try await Task.sleep(for: .seconds(11)) } catch { return }
    Memory.giveBack()
  }

  /// Sees to submits of which nobody knows whether their platform has them. Where there are none, there are none until
  /// something has been written.
  private func reconcile() async {
    var clear: Int64?
    while !Task.isCancelled {
      let written = core.ledger.counters.commits
      if written != clear { clear = await Reconciling(site: await reloader.site).run() ? nil : written }
      do { try await Task.sleep(for: .seconds(2)) } catch { return }
    }
  }

  /// SIGHUP reads the configuration again, SIGUSR1 opens the logs anew.
  private func listen() async {
    for await signal in await UnixSignalsSequence(trapping: .sighup, .sigusr1) {
      if signal == .sighup {
        await reloader.reload("SIGHUP")
      } else {
        core.instruments.logs.reopen()
      }
    }
  }

  /// Forgets finished jobs by age and number, and what they printed: soon after the start, then each ten minutes.
  private func forget() async {
    await sweep()
    var pause = Duration.seconds(10)
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      pause = .seconds(600)
      let retention = await reloader.site.configuration.retention
      guard retention.days != nil || retention.jobs != nil else { continue }
      do throws(LedgerFault) { try await forget(retention) } catch {
        core.log.error("finished jobs could not be forgotten", metadata: ["fault": "\(error.kind)"])
      }
    }
  }

  /// Outputs of jobs that the ledger has forgotten, by a server that was killed before it could forget these, too.
  private func sweep() async {
    let numbers = Disk.numbers(in: await reloader.site.configuration.data + "/outputs")
    guard let gone = try? await core.ledger.missing(among: numbers) else { return }
    for number in gone { await core.runner.forget(job: number) }
  }

  private func forget(_ retention: Configuration.Retention) async throws(LedgerFault) {
    let oldest = retention.days.map { core.now() - Int64($0) * 86_400_000 }
    var count = 0
    while !Task.isCancelled {
      let gone = try await core.ledger.prune(finishedBefore: oldest, keeping: retention.jobs, limit: 100)
      for number in gone {
        core.snapshots.forget(number)
        await core.runner.forget(job: number)
      }
      count += gone.count
      if gone.count < 100 { break }
    }
    if count > 0 { core.log.info("finished jobs forgotten", metadata: ["jobs": "\(count)"]) }
  }

  /// The kind of obligation to a job that is over long after it had to be.
  static let overdue = "overdue"

  /// Sees to jobs that ought to have ended: those that the runner still has are stopped, the others have crashed. The ledger is
  /// asked when something is due, or may be because something has been written.
  private func lookAfter() async {
    var known: (written: Int64, next: Int64)?
    while true {
      do { try await Task.sleep(for: .seconds(1)) } catch { return }
      let written = core.ledger.counters.commits
      if known?.written != written {
        known = (try? await core.ledger.nextDue()).map { (written, $0 ?? .max) }
      }
      guard let next = known?.next, next <= core.now(),
        let due = try? await core.ledger.due(by: core.now(), limit: 100)
      else { continue }
      let site = await reloader.site
      for owed in due where owed.obligation.kind == Timeouts.kind { await Timeouts(site: site).enforce(owed) }
      for owed in due where owed.obligation.kind == Self.overdue {
        core.log.warning("job overdue", metadata: ["job": "\(owed.job)", "backend": "runner"])
        if await core.runner.stop(job: owed.job) == .alreadyOver { await core.store.giveUp(owed.job) }
        _ = try? await core.ledger.settle(Self.overdue, of: owed.job)
      }
    }
  }

  private func beat() async {
    guard let pause = notify.watchdog else { return }
    while true {
      do { try await Task.sleep(for: pause) } catch { return }
      notify.beat()
    }
  }
}
