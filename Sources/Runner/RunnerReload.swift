/// What a runner has done and is doing, for metrics.
package struct RunnerCounters: Sendable, Equatable {
  /// Runs under way.
  package internal(set) var processes = 0
  /// Votes of nodes that were busy.
  package internal(set) var busyVotes = 0
}

extension Runner {
  /// Takes up other nodes, commands and terms. What is under way goes on by the old ones; where things are kept, and who
  /// stands guard, stays as it was.
  package func adopt(inventory: Inventory, whitelist: Whitelist, settings: RunnerSettings) {
    var next = settings.real
    (next.outputs, next.attachments) = (self.settings.outputs, self.settings.attachments)
    (next.home, next.guardian) = (self.settings.home, self.settings.guardian)
    next.variables.mark = self.settings.variables.mark
    self.inventory = inventory
    self.whitelist = whitelist
    self.settings = next
  }

  /// What there is to count.
  package var counters: RunnerCounters { counts }
}
