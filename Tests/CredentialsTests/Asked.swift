import Credentials
import Wire

/// A request that was made up, for checks that see only its head and body. What it lends is good as long as it lives.
final class Asked: Call {
  var method: [UInt8]
  var path: [UInt8]
  var query: [UInt8]
  var headers: [(name: String, value: [UInt8])]
  var body: [UInt8]
  var certificateName: String?
  /// Keeps the lent bytes where they are until the request is gone.
  private var lent: [UnsafeMutableRawBufferPointer] = []

  init(_ method: String = "GET", _ target: String = "/", _ headers: [(String, String)] = [], body: String = "") {
    self.method = Array(method.utf8)
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    path = Array(halves[0].utf8)
    query = halves.count > 1 ? Array(halves[1].utf8) : []
    self.headers = headers.map { ($0.0.lowercased(), Array($0.1.utf8)) }
    self.body = Array(body.utf8)
  }

  deinit { for place in lent { place.deallocate() } }

  private func lend(_ bytes: [UInt8]) -> UnsafeRawBufferPointer {
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    place.copyBytes(from: bytes)
    lent.append(place)
    return UnsafeRawBufferPointer(place)
  }

  var methodBytes: UnsafeRawBufferPointer { lend(method) }
  var pathBytes: UnsafeRawBufferPointer { lend(path) }
  var queryBytes: UnsafeRawBufferPointer { lend(query) }

  func header(_ lowercaseName: StaticString) -> UnsafeRawBufferPointer? {
    let name = UnsafeBufferPointer(start: lowercaseName.utf8Start, count: lowercaseName.utf8CodeUnitCount)
    return headers.first { $0.name.utf8.count == name.count && $0.name.utf8.elementsEqual(name) }.map { lend($0.value) }
  }

  /// The same request again, to be changed.
  func copy() -> Asked {
    let copy = Asked()
    (copy.method, copy.path, copy.query, copy.headers, copy.body) = (method, path, query, headers, body)
    copy.certificateName = certificateName
    return copy
  }

  /// Sets a header, or takes it away.
  func with(_ name: String, _ value: String?) -> Asked {
    let copy = copy()
    copy.headers.removeAll { $0.name == name }
    if let value { copy.headers.append((name, Array(value.utf8))) }
    return copy
  }
}

extension Gatekeeper {
  /// All steps of knowing a caller at once.
  func who(
    _ asked: Asked, _ scheme: Scheme = .signedHeaders, account: String? = nil, repeats: Repeats = .allowed,
    at now: Int64
  ) throws(CredentialFault) -> Caller {
    let shown = try evidence(asked, scheme, now: now)
    let body = UnsafeMutableRawBufferPointer.allocate(byteCount: asked.body.count, alignment: 1)
    defer { body.deallocate() }
    body.copyBytes(from: asked.body)
    return try caller(shown, asked, body: UnsafeRawBufferPointer(body), account: account, repeats: repeats, now: now)
  }

  /// The fault that a request is answered with; nil when it is fine.
  func fault(
    _ asked: Asked, _ scheme: Scheme = .signedHeaders, account: String? = nil, at now: Int64
  ) -> CredentialFault? {
    do { _ = try who(asked, scheme, account: account, at: now) } catch { return error }
    return nil
  }
}

/// Chance that is the same in every run (SplitMix64).
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
