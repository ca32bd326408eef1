import Glibc

/// Whether an order could be run on this machine at all; the same answer for each of the nodes that are this machine.
struct Admission: Sendable {
  /// The command behind the words.
  let command: RealCommand
  /// The account that was asked for; nil for the runner's own.
  let account: Account?
  let directory: String

  /// Linux takes no longer single argument or environment entry (MAX_ARG_STRLEN).
  private static let longest = 131_071

  /// The command behind an order's words, on whatever machine, or a sentence why there is none.
  static func command(of order: RunOrder, _ whitelist: Whitelist) -> Result<RealCommand, Refusal> {
    do throws(Refusal) {
      try checkText(order)
      guard let command = whitelist.resolve(order.command) else {
        throw Refusal("the command is not on the whitelist")
      }
      guard command.program.utf8.count <= longest else { throw Refusal("the command line is too long") }
      return .success(command)
    } catch {
      return .failure(error)
    }
  }

  /// The order, admitted on this machine, or a sentence why not. Asks the system, and may take long.
  static func decide(_ order: RunOrder, _ command: RealCommand, _ settings: RunnerSettings) -> Result<
    Admission, Refusal
  > {
    do throws(Refusal) {
      if let lock = command.lock { try checkLock(lock) }
      if settings.limits.isSet, settings.prlimit == nil {
        throw Refusal("commands cannot be limited: prlimit is missing")
      }
      var account: Account?
      if let user = order.user { account = try findAccount(user, settings: settings) }
      let directory = order.directory ?? settings.directory
      try checkDirectory(directory)
      return .success(Admission(command: command, account: account, directory: directory))
    } catch {
      return .failure(error)
    }
  }

  private static func checkText(_ order: RunOrder) throws(Refusal) {
    let texts = [order.command, order.id, order.user ?? "", order.directory ?? ""]
    for text in texts + order.environment.flatMap({ [$0.name, $0.value] }) where text.utf8.contains(0) {
      throw Refusal("a NUL cannot be handed to a command")
    }
    guard order.command.utf8.count <= longest else { throw Refusal("the command is too long") }
    for (name, value) in order.environment {
      guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "=")) else {
        throw Refusal("no environment variable can be named '\(name)'")
      }
      guard name.utf8.count + value.utf8.count < longest else {
        throw Refusal("the environment variable \(name.prefix(60)) is too long")
      }
    }
  }

  private static func findAccount(_ name: String, settings: RunnerSettings) throws(Refusal) -> Account {
    guard let account = Account.find(name) else { throw Refusal("unknown user \(name)") }
    if account.uid == geteuid() { return account }
    guard geteuid() == 0 else { throw Refusal("not allowed to run as user \(name)") }
    guard settings.setpriv != nil else { throw Refusal("cannot change to user \(name): setpriv is missing") }
    return account
  }

  private static func checkDirectory(_ path: String) throws(Refusal) {
    guard path.utf8.first == UInt8(ascii: "/") else { throw Refusal("the directory \(path) is not an absolute path") }
    var state = stat()
    guard stat(path, &state) == 0, state.st_mode & S_IFMT == S_IFDIR else {
      throw Refusal("no such directory: \(path)")
    }
  }

  /// Only asks: the command itself is usually the one that takes the lock.
  private static func checkLock(_ path: String) throws(Refusal) {
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    guard flock(file, LOCK_SH | LOCK_NB) == 0 else { throw Refusal("\(path) is locked") }
  }
}

/// Why a node will not take a job.
struct Refusal: Error, Equatable {
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
