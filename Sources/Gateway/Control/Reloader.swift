import Glibc
import Logging
import YAMLFile

/// Takes up changed configurations while the server runs: the new one is read and checked whole, then swapped in; one that
/// cannot be used changes nothing.
actor Reloader {
  private let path: String?
  private let core: Core
  private let doors: Doors
  private let notify: NotifySocket
  private let log: Logger
  private(set) var site: Site
  private var files: [String]
  private var stamps: FileStamps

  init(_ loaded: Loaded, path: String?, site: Site, core: Core, doors: Doors, notify: NotifySocket) {
    self.path = path
    self.site = site
    self.core = core
    self.doors = doors
    self.notify = notify
    log = core.log
    files = loaded.files
    stamps = FileStamps(of: loaded.files)
  }

  /// Reads the configuration again. False when the old one goes on.
  @discardableResult
  func reload(_ why: String) async -> Bool {
    notify.reloading()
    stamps = FileStamps(of: files)
    do {
      let loaded = try Loaded.load(path)
      try refuseWhatCannotChange(loaded.configuration)
      let next = try Site(loaded, core: core)
      try await doors.serve(next, admin: Admin(next))
      let part = next.configuration.runner
      await core.runner.adopt(
        inventory: part.inventory, whitelist: part.whitelist,
        settings: part.settings(data: next.configuration.data, guardian: nil))
      core.tokens.adopt(next.configuration.callers.tokens)
      core.instruments.level.level = Logger.Level(rawValue: loaded.configuration.log.level) ?? .info
      core.instruments.logs.retire(keeping: loaded.configuration.log, after: next.limits.timeToAnswer + .seconds(10))
      site = next
      // What was written while it was read shows against the stamps from before.
      if loaded.files != files {
        files = loaded.files
        stamps = FileStamps(of: files)
      }
      log.notice("configuration taken up", metadata: ["why": "\(why)"])
      core.instruments.reloaded(core.now())
      notify.ready("serving; configuration taken up")
      return true
    } catch {
      for line in "\(error)".split(separator: "\n") {
        log.error("configuration refused; the last good one goes on", metadata: ["why": "\(why)", "fault": "\(line)"])
      }
      core.instruments.refusedReload()
      notify.ready("serving; the last configuration was refused")
      return false
    }
  }

  private func refuseWhatCannotChange(_ new: Configuration) throws(StartFault) {
    let old = site.configuration
    if new.data != old.data { throw .configuration("data cannot change while the server runs; restart it") }
    if new.callers.replays != old.callers.replays {
      throw .configuration("credentials: replays cannot change while the server runs; restart it")
    }
    if new.loops != old.loops { throw .configuration("loops cannot change while the server runs; restart it") }
  }

  /// Looks at the files once a second; what has changed and then rests for a second is read.
  func watch() async {
    var seen = stamps
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(1)) } catch { return }
      guard site.configuration.watch, !files.isEmpty else { continue }
      let now = FileStamps(of: files)
      if now != stamps, now == seen { await reload("a file has changed") }
      seen = now
    }
  }
}
