import Glibc
import Runner
import Synchronization

/// A real OpenSSH server on a free loopback port, with keys of its own, for as long as this object lives.
final class Sshd: Sendable {
  let directory = House.temporaryDirectory()
  let port: Int
  private let server: pid_t
  private let stopped = Mutex(false)

  static var isThere: Bool { access("/usr/sbin/sshd", X_OK) == 0 && access("/usr/bin/ssh", X_OK) == 0 }

  /// `options` are lines for its configuration.
  init(_ options: [String] = []) async throws {
    if geteuid() == 0 { mkdir("/run/sshd", 0o755) }
    port = Sshd.freePort()
    for key in ["host", "user"] {
      try await Sshd.run(["/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "\(directory)/\(key)"])
    }
    let lines =
      [
        "Port \(port)", "ListenAddress 127.0.0.1", "HostKey \(directory)/host", "PidFile none", "UsePAM no",
        "AuthorizedKeysFile \(directory)/user.pub", "PasswordAuthentication no", "StrictModes no",
        "PermitRootLogin yes", "MaxStartups 100", "LogLevel VERBOSE",
        // No start-up files of the account's shell.
        "SetEnv HOME=/nonexistent",
        // The cheapest: what is tested is not the cryptography.
        "KexAlgorithms curve25519-sha256", "Ciphers aes128-gcm@openssh.com",
      ] + options
    try Sshd.write(lines.joined(separator: "\n") + "\n", to: directory + "/config")
    let key = try Sshd.read(directory + "/host.pub")
    try Sshd.write("[127.0.0.1]:\(port) \(key)", to: directory + "/known")
    server = try Sshd.start(["/usr/sbin/sshd", "-D", "-f", directory + "/config", "-E", directory + "/log"])
    _ = await soon { Sshd.answers(port) }
  }

  deinit {
    stop()
    House.remove(directory)
  }

  /// It takes no more connections; those that are there live on.
  func stop() {
    stopped.withLock { stopped in
      guard !stopped else { return }
      stopped = true
      kill(server, SIGTERM)
      waitpid(server, nil, 0)
    }
  }

  func target(_ change: (inout SSHTarget) -> Void = { _ in }) -> SSHTarget {
    var target = SSHTarget(
      address: "\(Sshd.account)@127.0.0.1", port: port, identity: directory + "/user",
      knownHosts: directory + "/known", connectTimeout: 5)
    change(&target)
    return target
  }

  static var account: String { getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "root" }

  static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else { throw Failure() }
    fputs(text, file)
    fclose(file)
  }

  static func read(_ path: String) throws -> String {
    guard let file = fopen(path, "r") else { throw Failure() }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 65_536)
    let count = fread(&text, 1, text.count, file)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  struct Failure: Error {}

  private static func start(_ words: [String]) throws -> pid_t {
    var pid = pid_t()
    var arguments = words.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for end in 0...2 as ClosedRange<Int32> { posix_spawn_file_actions_addopen(&actions, end, "/dev/null", O_RDWR, 0) }
    guard posix_spawn(&pid, words[0], &actions, nil, &arguments, environ) == 0 else { throw Failure() }
    return pid
  }

  private static func run(_ words: [String]) async throws {
    let pid = try start(words)
    var status: Int32 = 0
    while waitpid(pid, &status, WNOHANG) == 0 { try await Task.sleep(for: .milliseconds(5)) }
    guard status == 0 else { throw Failure() }
  }

  private static func address(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    address.sin_port = in_port_t(port).bigEndian
    return address
  }

  static func freePort() -> Int {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(file) }
    var name = address(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(file, $0, size)
        _ = getsockname(file, $0, &size)
      }
    }
    return Int(in_port_t(bigEndian: name.sin_port))
  }

  private static func answers(_ port: Int) -> Bool {
    let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(file) }
    var name = address(port)
    return withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(file, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }
}
