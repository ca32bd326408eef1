import Subprocess

/// How OpenSSH's client is started here.
struct SSHClient {
  let settings: RunnerSettings
  let home: String
  let mark: Mark

  /// In the runner's directory, where it finds the shared connections; it dies with the runner where that can be had. Its
  /// mark is not the run's: the other machine may be this one, and it is no part of the command.
  func configuration(_ words: [String]) -> Configuration {
    let words = (settings.setpriv.map { [$0, "--pdeathsig=KILL", "--"] } ?? []) + [settings.ssh] + words
    var environment: [Environment.Key: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"]
    if let key = Environment.Key(rawValue: mark.name) { environment[key] = mark.ownValue }
    var client = Configuration(
      executable: .path(.init(words[0])), arguments: Arguments(Array(words.dropFirst())),
      environment: .custom(environment), workingDirectory: .init(home))
    client.platformOptions.createSession = true
    return client
  }

  /// What one had to say last.
  static func complaint(_ log: String) -> String? {
    guard let bytes = try? FileBytes.read(log) else { return nil }
    return bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }).last
      .map { String(decoding: $0.prefix(300), as: UTF8.self) }
  }
}
