import Testing

@testable import Credentials

@Suite("Headers that nobody meant") struct FuzzTests {
  /// Good requests with headers, targets and bodies mangled at random: nothing crashes, and nobody gets in by luck.
  @Test("20,000 of them, each with an answer") func headers() throws {
    let door = try Vectors.gatekeeper()
    var generator = Seeded(20_261_122)
    var (accepted, refused) = (0, 0)
    for round in 0..<20_000 {
      let one = Vectors.cases[round % Vectors.cases.count]
      let asked = one.asked
      for _ in 0..<Int.random(in: 1...4, using: &generator) { mangle(asked, &generator) }
      let scheme = round % 4 == 3 ? Scheme.allCases.randomElement(using: &generator) ?? .token : .signedHeaders
      do {
        let caller = try door.who(
          asked, scheme, account: Bool.random(using: &generator) ? "acme" : nil, at: Vectors.now)
        accepted += 1
        if scheme == .signedHeaders {
          // Only what is not signed was touched.
          #expect(asked.method == one.asked.method && asked.body == one.asked.body)
          let path = withExtendedLifetime(asked) { SignedText.canonicalPath(asked.pathBytes) }
          #expect(path.elementsEqual(one.path.utf8))
          #expect(caller.principal.name == Vectors.user)
        } else {
          #expect(scheme == .open)
        }
      } catch {
        refused += 1
        #expect(!error.text.isEmpty)
        #expect(!error.text.unicodeScalars.contains { $0.value < 0x20 })
      }
    }
    #expect(accepted + refused == 20_000)
    #expect(refused > 15_000)
  }

  private func mangle(_ asked: Asked, _ generator: inout Seeded) {
    let names = asked.headers.map(\.name) + ["authorization", "x-authentication"]
    let name = names.randomElement(using: &generator) ?? ""
    let index = asked.headers.firstIndex { $0.name == name }
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: asked.headers.removeAll { $0.name == name }
    case 1: if let index { asked.headers[index].value = [] }
    case 2:
      let bytes = NewSecret.bytes(Int.random(in: 0...300, using: &generator), using: &generator)
      asked.headers.removeAll { $0.name == name }
      asked.headers.append((name, bytes))
    case 3: if let index { mangle(&asked.headers[index].value, &generator) }
    case 4: mangle(&asked.path, &generator)
    case 5: mangle(&asked.body, &generator)
    case 6: asked.query = NewSecret.bytes(Int.random(in: 0...60, using: &generator), using: &generator)
    case 7: mangle(&asked.method, &generator)
    case 8:
      let schemes = ["Basic ", "Bearer ", "basic", "Basic =", "Basic ====", "Bearer  x", "\u{0}"]
      asked.headers.append(("authorization", Array((schemes.randomElement(using: &generator) ?? "").utf8)))
    default: if let index { asked.headers[index].value += asked.headers[index].value }
    }
  }

  private func mangle(_ bytes: inout [UInt8], _ generator: inout Seeded) {
    guard let index = bytes.indices.randomElement(using: &generator) else { return bytes.append(0x3D) }
    switch Int.random(in: 0..<3, using: &generator) {
    case 0: bytes[index] = UInt8.random(in: .min ... .max, using: &generator)
    case 1: bytes.remove(at: index)
    default: bytes.insert(UInt8.random(in: .min ... .max, using: &generator), at: index)
    }
  }

  @Test("lines of files that nobody meant: digests, passwords, permissions, keys") func lines() {
    var generator = Seeded(9)
    let seeds = [
      "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      "$pbkdf2-sha256$i=10000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "tasks:run:x",
      "a/read",
      String(decoding: Vectors.read("keys/rsa-public.pem"), as: UTF8.self),
    ]
    for round in 0..<5000 {
      var bytes = Array(seeds[round % seeds.count].utf8)
      for _ in 0..<3 { mangle(&bytes, &generator) }
      let text = String(decoding: bytes, as: UTF8.self)
      _ = try? SecretDigest(line: text)
      _ = try? PasswordHash(line: text)
      _ = try? Permission(text)
      _ = try? PublicKey(pem: bytes)
      _ = try? Secret(bytes)
      _ = Lifetime.milliseconds(text)
      _ = try? Office.request(text)
    }
  }
}
