import Glibc
import Runner
import Testing

@Suite struct AloneTests {
  /// The descriptors of this process.
  private func descriptors() -> Int {
    guard let stream = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(stream) }
    var count = 0
    while readdir(stream) != nil { count += 1 }
    return count
  }

  /// The names of this process's children, ended ones too; a sanitizer's own helper does not count.
  private func children() -> [String] {
    guard let tasks = opendir("/proc/self/task") else { return ["unknown"] }
    defer { closedir(tasks) }
    var found: [String] = []
    while let task = readdir(tasks) {
      let name = withUnsafeBytes(of: task.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      found += text("/proc/self/task/\(name)/children").split(separator: " ").map(String.init)
    }
    let names = found.map { text("/proc/\($0)/comm").filter { $0 != "\n" } }
    return names.filter { !$0.isEmpty && !$0.contains("symbolizer") }
  }

  private func text(_ path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    return String(decoding: bytes.prefix(fread(&bytes, 1, 4096, file)), as: UTF8.self)
  }

  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }

  @Test(.enabled(if: Rerun.purpose == "leak")) func inTheOtherProcessCount() async throws {
    let house = try House(commands: ["all": "echo x; cat \"$THE_FILE\" >&2", "die": "kill -9 $$"])
    func work(_ first: Int64) async {
      for job in first..<(first + 10) {
        _ = await house.run(order(job * 3, "all", on: ["a", "b", "c"], file: [1], capture: true))
        _ = await house.run(order(job * 3 + 1, "die"))
        _ = await house.run(order(job * 3 + 2, "no such command", capture: true))
      }
    }
    await work(1)
    let before = descriptors()
    await work(20)
    let open = await soon(.seconds(10)) { descriptors() <= before }
    say("COUNTED \(open ? "same" : "\(before) then \(descriptors())"), children \(children())")
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func noDescriptorAndNoZombieIsLeft() async throws {
    var counted: String?
    try await Rerun.run("inTheOtherProcessCount", purpose: "leak") { line in
      if line.hasPrefix("COUNTED ") { counted = line }
      return false
    }
    #expect(counted == "COUNTED same, children []")
  }

  @Test(.enabled(if: Rerun.purpose == "leak there" && Sshd.isThere)) func inTheOtherProcessCountThere() async throws {
    let sshd = try await Sshd()
    let house = try Remote.house(sshd, ["all": "echo x; cat \"$THE_FILE\" >&2", "die": "kill -9 $$"])
    func work(_ first: Int64) async {
      for job in first..<(first + 4) {
        _ = await house.run(order(job * 3, "all", on: ["far"], file: [1], capture: true))
        _ = await house.run(order(job * 3 + 1, "die", on: ["far"]))
        _ = await house.run(order(job * 3 + 2, "all", on: ["far"], user: "no-such-user"))
      }
    }
    await work(1)
    let before = descriptors()
    await work(20)
    let open = await soon(.seconds(10)) { descriptors() <= before }
    await house.runner.drain()
    sshd.stop()
    _ = await soon(.seconds(5)) { children().isEmpty }
    say("COUNTED \(open ? "same" : "\(before) then \(descriptors())"), children \(children())")
  }

  @Test(.enabled(if: Rerun.purpose == nil && Sshd.isThere)) func noDescriptorAndNoZombieIsLeftByRunsElsewhere()
    async throws
  {
    var counted: String?
    try await Rerun.run("inTheOtherProcessCountThere", purpose: "leak there") { line in
      if line.hasPrefix("COUNTED ") { counted = line }
      return false
    }
    #expect(counted == "COUNTED same, children []")
  }

  @Test(.enabled(if: Rerun.purpose == "exhaust")) func inTheOtherProcessRunOutOfDescriptors() async throws {
    let house = try House(commands: ["ok": "echo x"])
    let first = await house.run(order(1, "ok", capture: true))
    var room = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &room)
    let before = room
    var words = ["\(first.phases.last?.name ?? "")"]
    for more in [0, 3, 8, 40] {
      room.rlim_cur = rlim_t(descriptors() + more)
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &room)
      let story = await house.run(order(2, "ok", capture: more > 3))
      words.append(story.phases.last == .crashed ? "crashed" : "\(story)")
    }
    room = before
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &room)
    let last = await house.run(order(3, "ok", on: ["a", "b"], capture: true))
    words.append("\(last.phases.last?.name ?? "")")
    say("ENDED " + words.joined(separator: " "))
  }

  @Test(.enabled(if: Rerun.purpose == nil)) func withoutDescriptorsJobsCrashAndTheRunnerDoesNot() async throws {
    var ended: String?
    try await Rerun.run("inTheOtherProcessRunOutOfDescriptors", purpose: "exhaust") { line in
      if line.hasPrefix("ENDED ") { ended = line }
      return false
    }
    #expect(ended == "ENDED succeeded crashed crashed crashed crashed succeeded")
  }

  @Test(.enabled(if: Rerun.purpose == "orphan")) func inTheOtherProcessWaitToBeKilled() async throws {
    let house = try House(commands: ["long": "echo $$; exec sleep 300"])
    let asked = order(1, "long", capture: true)
    await house.runner.submit(asked)
    _ = try await soon { try await house.text(asked).hasSuffix("\n") }
    say("RUNS \(house.directory) \(try await house.text(asked))")
    try await Task.sleep(for: .seconds(60))
  }

  @Test(.enabled(if: Rerun.purpose == nil && access("/usr/bin/setpriv", X_OK) == 0))
  func commandsDieWithTheRunner() async throws {
    var started: pid_t?
    var lived = false
    try await Rerun.run("inTheOtherProcessWaitToBeKilled", purpose: "orphan") { line in
      let words = line.split(separator: " ")
      guard words.count == 3, words[0] == "RUNS", let pid = pid_t(words[2]) else { return false }
      House.remove(String(words[1]))
      started = pid
      lived = lives(pid)
      return true
    }
    let pid = try #require(started)
    #expect(lived)
    #expect(await soon { !lives(pid) })
  }
}
