import Credentials
import Glibc
import Wire

/// The file in which issued tokens outlive the server: a line of JSON for each, with the digest in place of the token.
/// Read at the start, then only added to.
struct TokenBook: Sendable {
  let path: String

  /// What is in the file, without tokens that are long past their end: these are also taken out of it. How often a token
  /// was used is not written down; it counts as used now.
  ///
  /// - Throws: when there is a file that cannot be read or written.
  func read(now: Int64) throws(StartFault) -> [TokenRecord] {
    guard Disk.exists(path) else { return [] }
    var records: [TokenRecord] = []
    // The last line may be half written: its token was never handed out.
    for line in try Disk.text(path).split(separator: "\n") {
      guard let json = try? JSON(parsing: String(line)), let record = Self.record(json, now) else { continue }
      if record.expires > now { records.append(record) }
    }
    let other = path + ".new"
    unlink(other)
    guard write(records.map(Self.line).joined(), to: other), rename(other, path) == 0 else {
      throw .configuration("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    return records
  }

  /// Adds a token. False when it is not on disk.
  func add(_ record: TokenRecord) -> Bool { write(Self.line(record), to: path) }

  private func write(_ text: String, to path: String) -> Bool {
    let file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { return false }
    defer { close(file) }
    let bytes = Array(text.utf8)
    let end = lseek(file, 0, SEEK_END)
    var from = 0
    while from < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress?.advanced(by: from), $0.count - from) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        // Half a line would spoil the next one.
        _ = ftruncate(file, end)
        return false
      }
      from += count
    }
    return fsync(file) == 0
  }

  private static func line(_ record: TokenRecord) -> String {
    var members = [
      JSON.Member("digest", .string(record.digest.line)), JSON.Member("login", .string(record.login)),
      JSON.Member("issued", .number("\(record.issued)")), JSON.Member("expires", .number("\(record.expires)")),
    ]
    if let label = record.label { members.append(JSON.Member("label", .string(label))) }
    return JSON.object(members).compact + "\n"
  }

  private static func record(_ json: JSON, _ now: Int64) -> TokenRecord? {
    guard let digest = json["digest"]?.stringValue.flatMap({ try? SecretDigest(line: $0) }),
      let login = json["login"]?.stringValue, case .number(let issued)? = json["issued"], let issued = Int64(issued),
      case .number(let expires)? = json["expires"], let expires = Int64(expires)
    else { return nil }
    return TokenRecord(
      digest: digest, login: login, label: json["label"]?.stringValue, issued: issued, expires: expires, used: now)
  }
}
