import Glibc

/// Getting ready to run commands, and ceasing to.
extension Runner {
  /// What a runner has while it is ready.
  struct House: Sendable {
    let home: RunnerHome
    let mark: Mark
    let post: GuardPost?
    let links: SSHLinks
    let census: Census
  }

  /// Takes the directory, ends what an earlier instance left running there, and posts the guardian. A gateway does so
  /// before it says that it is up; otherwise the first job does. May be said again.
  package func prepare() async throws(RunnerFault) {
    do throws(SystemFault) { _ = try await settle() } catch { throw .unready(error.description) }
  }

  func settle() async throws(SystemFault) -> House {
    let task = house ?? Task { [settings, clock, gate] in await Self.moveIn(settings, clock, gate) }
    house = task
    switch await task.value {
    case .success(let house):
      try await house.post?.ensure()
      return house
    case .failure(let fault):
      // The next one may have more luck.
      if house == task { house = nil }
      throw fault
    }
  }

  /// Ends what may be left, as connections to other machines, which are kept for the next job; and lets go.
  func moveOut() async {
    guard let task = house else { return }
    house = nil
    guard case .success(let house) = await task.value else { return }
    await Blocking.run { _ = Sweep(mark: house.mark.ofInstance, calm: 1).run(tries: 500) }
    await house.post?.dismiss()
  }

  private static func moveIn(
    _ settings: RunnerSettings, _ clock: RunnerClock, _ gate: SpawnGate
  ) async -> Result<House, SystemFault> {
    await Blocking.run {
      do throws(SystemFault) {
        let home = try RunnerHome(settings.home ?? settings.outputs)
        // A process number and the time: no other instance of this house has both.
        let mark = Mark(name: settings.variables.mark, house: home.identity, instance: "\(getpid()).\(clock.now())")
        guard home.isNew || Sweep(mark: mark.ofHouse).run(tries: 500) else {
          throw SystemFault(saying: "processes of an earlier instance do not end, not even when killed")
        }
        let post = settings.guardian.map { GuardPost(words: $0, mark: mark.ofInstance, gate: gate, clock: clock) }
        let links = SSHLinks(home: home.path, settings: settings, mark: mark, clock: clock, gate: gate)
        return .success(House(home: home, mark: mark, post: post, links: links, census: Census(name: mark.name)))
      } catch {
        return .failure(error)
      }
    }
  }
}

/// Why a runner cannot run anything; the text is for people.
package enum RunnerFault: Error, Sendable, Equatable { case unready(String) }
