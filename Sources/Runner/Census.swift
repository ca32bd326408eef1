import Glibc

/// Looks at all processes of the machine, once for everybody who wants to know just then: jobs end together.
actor Census {
  /// A process that runs.
  struct Process: Sendable {
    let entry: ProcessTable.Entry
    /// Whose mark it carries; nil for none.
    let mark: String?
    /// It is just taking on another program, and does not show its mark.
    let isUnclear: Bool
  }

  private let name: String
  private var current: Task<[Process], Never>?
  private var next: Task<[Process], Never>?

  /// `name` is the mark's variable.
  init(name: String) { self.name = name }

  /// A look that begins after this is called.
  func take() async -> [Process] {
    if let next { return await next.value }
    let previous = current
    let task = Task {
      _ = await previous?.value
      begin()
      return await Blocking.run { [name] in Self.look(name) }
    }
    next = task
    return await task.value
  }

  /// From now on it comes too late for whoever asks.
  private func begin() {
    current = next
    next = nil
  }

  private static func look(_ name: String) -> [Process] {
    var table = ProcessTable()
    var found: [Process] = []
    table.visit { table, entry in
      let mark = table.value(of: name, entry.pid)
      found.append(Process(entry: entry, mark: mark, isUnclear: mark == nil && table.isChanging(entry.pid)))
    }
    return found
  }
}
