import Glibc
import Transport

/// A folder with an authority and certificates of its own, made by the openssl command for one test and removed at its
/// end. Keys are of P-256, certificates end after two days.
struct Certificates: Sendable {
  struct Failure: Error, CustomStringConvertible { var description: String }

  let folder: String

  /// Path of the authority's certificate.
  var authority: String { path("ca.pem") }

  func path(_ name: String) -> String { "\(folder)/\(name)" }

  /// Runs `body` with a folder that has an authority in it.
  static func with(_ body: (Certificates) async throws -> Void) async throws {
    var template = Array("/tmp/transport-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp: \(errno)") }
    let made = Certificates(folder: String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self))
    do {
      try await made.selfSigned("ca", subject: "/CN=Test Authority")
      try await body(made)
    } catch {
      _ = await run("rm -rf \(made.folder)")
      throw error
    }
    _ = await run("rm -rf \(made.folder)")
  }

  /// `NAME.pem` and `NAME.key`, signed by themselves.
  func selfSigned(_ name: String, subject: String) async throws {
    try await openssl(
      "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2 -subj '\(subject)' "
        + "-keyout \(path(name + ".key")) -out \(path(name + ".pem"))")
  }

  /// `NAME.pem`, signed by itself with another's key and past its end.
  func ended(_ name: String, subject: String, key: String) async throws {
    try await openssl(
      "req -new -key \(path(key + ".key")) -subj '\(subject)' -out \(path(name + ".csr"))")
    try await openssl(
      "x509 -req -in \(path(name + ".csr")) -signkey \(path(key + ".key")) -days -1 -out \(path(name + ".pem"))")
  }

  /// `NAME.pem` and `NAME.key`, signed by an authority that is in the folder.
  func issue(_ name: String, subject: String, hosts: [String] = [], by authority: String = "ca") async throws {
    try await openssl(
      "req -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -utf8 -subj '\(subject)' -keyout \(path(name + ".key")) "
        + "-out \(path(name + ".csr"))")
    let names = hosts.map { "DNS:\($0)" }.joined(separator: ",")
    let extensions = hosts.isEmpty ? "" : "-extfile \(path(name + ".ext"))"
    if !hosts.isEmpty { _ = await run("sh -c 'echo subjectAltName=\(names) > \(path(name + ".ext"))'") }
    try await openssl(
      "x509 -req -in \(path(name + ".csr")) -CA \(path(authority + ".pem")) -CAkey \(path(authority + ".key")) -days 2 "
        + "-CAcreateserial \(extensions) -out \(path(name + ".pem"))")
  }

  func openssl(_ arguments: String) async throws {
    let result = await run("openssl " + arguments)
    guard result.status == 0 else { throw Failure(description: "openssl \(arguments): \(result.output)") }
  }

  /// The bytes of a file in the folder.
  func bytes(_ name: String) -> [UInt8] {
    guard let file = fopen(path(name), "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes.prefix(count))
  }

  /// An identity from `NAME.pem` and `NAME.key`.
  func identity(_ name: String, hosts: [String] = []) -> TLSIdentity {
    TLSIdentity(label: name, hosts: hosts, chain: bytes(name + ".pem"), key: bytes(name + ".key"))
  }
}
