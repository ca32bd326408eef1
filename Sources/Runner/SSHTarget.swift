/// Another machine, reached by OpenSSH's client: Linux, with a POSIX shell and the usual utilities.
///
/// No configuration file of ssh's is read: what is said here is all. Nothing is ever asked of a person.
package struct SSHTarget: Sendable, Equatable {
  /// Whether a host key is trusted, in ssh's own words.
  package enum HostKeys: String, Sendable {
    /// Known ones only.
    case known = "yes"
    /// A host that was never seen before is believed, and remembered.
    case acceptNew = "accept-new"
    /// Any.
    case any = "no"
  }

  /// `user@host`, or `host` for the gateway's own account name.
  package var address: String
  package var port: Int?
  /// The file of the private key, not locked by a passphrase; nil for the account's usual ones.
  package var identity: String?
  /// The file of the known host keys; nil for the account's and the system's.
  package var knownHosts: String?
  package var hostKeys: HostKeys
  /// Further options as ssh's configuration file has them (`ProxyJump=gate`). They win over what is said here.
  package var options: [String]
  /// Seconds until a machine that does not answer is not there.
  package var connectTimeout: Int
  /// Seconds between signs of life. After four without one, the other side ends what runs there.
  package var beat: Int

  /// A machine.
  package init(
    address: String, port: Int? = nil, identity: String? = nil, knownHosts: String? = nil, hostKeys: HostKeys = .known,
    options: [String] = [], connectTimeout: Int = 10, beat: Int = 15
  ) {
    self.address = address
    self.port = port
    self.identity = identity
    self.knownHosts = knownHosts
    self.hostKeys = hostKeys
    self.options = options
    self.connectTimeout = max(1, connectTimeout)
    self.beat = max(1, beat)
  }

  /// ssh's arguments up to the remote command. A shared one runs no command, but is a connection for the others.
  func arguments(log: String, isShared: Bool) -> [String] {
    var words = ["-F", "none", "-T", "-a", "-x", "-E", log]
    func option(_ text: String) { words += ["-o", text] }
    options.forEach(option)
    option("BatchMode=yes")
    option("LogLevel=ERROR")
    option("ConnectTimeout=\(connectTimeout)")
    option("StrictHostKeyChecking=\(hostKeys.rawValue)")
    if let knownHosts { option("UserKnownHostsFile=\"\(Self.literal(knownHosts))\"") }
    if let identity {
      option("IdentityFile=\"\(Self.literal(identity))\"")
      option("IdentitiesOnly=yes")
    }
    if let port { option("Port=\(port)") }
    option("ServerAliveInterval=\(beat)")
    option("ServerAliveCountMax=3")
    option("ClearAllForwardings=yes")
    option("PermitLocalCommand=no")
    option("ControlPath=\(socket)")
    option("ControlPersist=no")
    option("ControlMaster=\(isShared ? "yes" : "no")")
    return words + (isShared ? ["-N"] : []) + ["--", address]
  }

  /// The name of the shared connection's socket, one for each way to say a machine. Relative to the directory that ssh is
  /// started in: the paths of sockets must be short.
  var socket: String {
    let text = [address, "\(port ?? 0)", identity ?? "", knownHosts ?? "", hostKeys.rawValue] + options
    let digest = text.joined(separator: "\0").utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01b3
    }
    return "ssh-" + String(digest, radix: 16)
  }

  /// ssh sees variables in paths.
  private static func literal(_ path: String) -> String {
    path.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%%")
  }
}
