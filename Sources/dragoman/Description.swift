import FoundationEssentials
import Gateway
import Ledger
import Mapping
import Transport

/// What a server would do with a configuration, line by line, for people.
struct Description {
  private(set) var lines: [String] = []

  init(_ loaded: Loaded) {
    let configuration = loaded.configuration
    for listener in configuration.listeners { describe(listener, loaded.dialects) }
    if let admin = configuration.admin {
      lines.append("admin on \(admin): /healthz, /readyz, /metrics, /jobs-in-doubt")
    }
    let callers = configuration.callers.directory.count
    lines.append("callers: \(callers == 0 ? "nobody by name" : "\(callers) by name")")
    lines.append("loops: \(configuration.loops)")
    lines.append("data in \(configuration.data): \(Self.ledger(configuration.data))")
    lines.append("retention: \(Self.retention(configuration.retention))")
    describe(configuration.runner)
    lines.append("phrasebook: \(configuration.phrasebook.phrases.count) phrases")
    lines.append("mappings: \(configuration.mappings ?? "those built in")")
    let log = configuration.log
    lines.append("log: \(log.level); access: \(log.access ?? "none"); audit: \(log.audit ?? "none")")
    lines.append("reload: by SIGHUP\(configuration.watch && !loaded.files.isEmpty ? " and by itself" : "")")
    lines += loaded.files.map { "reads \($0)" }
  }

  private mutating func describe(_ listener: Configuration.Listener, _ dialects: [Dialect]) {
    let names = listener.dialects ?? dialects.map(\.name)
    lines.append(
      "listen on \(listener.door), HTTP/1.1 and HTTP/2, \(listener.tls == nil ? "no TLS" : "TLS"), "
        + "credentials: \(listener.isOpen ? "open" : "required"); "
        + "dialects: \(names.joined(separator: ", "))")
    lines.append("links: \(listener.publicURL ?? "the caller's Host header")")
    guard let tls = listener.tls else { return }
    for certificate in tls.certificates {
      lines.append("certificate \(certificate.label): \(certificate.subject), until \(Self.day(certificate.end))")
    }
    let now = Int(Serving.now() / 1000)
    lines += tls.warnings(at: now).map { "warning: \($0)" }
  }

  private mutating func describe(_ runner: Configuration.RunnerPart) {
    for node in runner.inventory.nodes {
      guard let ssh = node.ssh else { continue }
      lines.append("runner: node \(node.name) by ssh to \(ssh.address)")
    }
    let here = runner.inventory.nodes.filter { $0.ssh == nil }.map(\.name)
    lines.append("runner: nodes on this machine: \(here.isEmpty ? "none" : here.joined(separator: ", "))")
    lines.append("runner: \(runner.whitelist.entries.count) commands, \(runner.concurrency) at once")
    let named = runner.places.all.filter { $0.kind != .node }
    for place in named {
      lines.append("runner: \(place.kind.rawValue) \(place.name): \(place.nodes.joined(separator: ", "))")
    }
  }

  private static func retention(_ retention: Configuration.Retention) -> String {
    let parts = [
      retention.days.map { "finished jobs for \($0) days" }, retention.jobs.map { "the newest \($0) finished jobs" },
    ].compactMap { $0 }
    return parts.isEmpty ? "jobs are kept for ever" : parts.joined(separator: ", at most ")
  }

  /// What is there already.
  private static func ledger(_ folder: String) -> String {
    let path = folder + "/ledger.sqlite"
    guard Disk.exists(path) else { return "a new ledger" }
    do throws(LedgerFault) {
      let stats = try LedgerFile.open(path: path).stats()
      return "a ledger with \(stats.jobs) jobs, \(stats.pending.openJobs) of them not over"
    } catch {
      return error.explained(path)
    }
  }

  /// Seconds since 1970 as a day, UTC.
  private static func day(_ seconds: Int) -> String {
    Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
  }
}
