import Testing

@testable import Credentials

@Suite("Keys, secrets and passwords as they are stored") struct KeyTests {
  @Test("a public key in each of its three forms verifies") func publicKeys() throws {
    let key = try PrivateKey(pem: Vectors.read("keys/rsa.pem"))
    let text = Array("Method:GET".utf8)
    for name in ["rsa-public", "rsa-public-pkcs1", "rsa-certificate"] {
      let half = try PublicKey(pem: Vectors.read("keys/\(name).pem"))
      #expect(half.bits == 2048)
      for version in SignatureVersion.allCases {
        let signature = try #require(key.sign(text, version))
        #expect(half.verifies(text, signature, version))
        #expect(!half.verifies(text + [0], signature, version))
        #expect(!half.verifies(text, signature.dropLast(), version))
        #expect(!half.verifies(text, [], version))
      }
    }
  }

  @Test("a private key in each of its forms signs the same") func privateKeys() throws {
    let text = Array("Method:GET".utf8)
    let one = try PrivateKey(pem: Vectors.read("keys/rsa.pem")).sign(text, .v1_1)
    #expect(try PrivateKey(pem: Vectors.read("keys/rsa-pkcs8.pem")).sign(text, .v1_1) == one)
    // Words around the block do no harm.
    let noted = Array("# made on Monday\n".utf8) + Vectors.read("keys/rsa.pem") + Array("\nthe end\n".utf8)
    #expect(try PrivateKey(pem: noted).sign(text, .v1_1) == one)
  }

  @Test("a file that is no such key is refused, and says why") func refused() throws {
    func publicFault(_ pem: [UInt8]) -> SetupFault? {
      do { _ = try PublicKey(pem: pem) } catch { return error }
      return nil
    }
    func privateFault(_ pem: [UInt8]) -> SetupFault? {
      do { _ = try PrivateKey(pem: pem) } catch { return error }
      return nil
    }
    func read(_ name: String) -> [UInt8] { Vectors.read("keys/\(name).pem") }
    #expect(publicFault([]) == .notPEM)
    #expect(publicFault(Array("ssh-rsa AAAAB3".utf8)) == .notPEM)
    #expect(publicFault(read("rsa")) == .privateKey)
    #expect(publicFault(read("rsa-pkcs8")) == .privateKey)
    #expect(publicFault(read("ec-public")) == .notRSA)
    #expect(publicFault(read("small-public")) == .smallKey(bits: 1024))
    #expect(publicFault(Array("-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n".utf8)) == .unreadableKey)
    #expect(publicFault(Array("-----BEGIN X-----\nQUJD\n-----END X-----\n".utf8)) == .wrongBlock("X"))
    #expect(privateFault(read("rsa-public")) == .publicKey)
    #expect(privateFault(read("rsa-certificate")) == .publicKey)
    #expect(privateFault(read("rsa-locked")) == .encryptedKey)
    #expect(privateFault(read("rsa-locked-old")) == .encryptedKey)
    #expect(privateFault(read("small")) == .smallKey(bits: 1024))
    for name in ["ec", "ec-with-parameters", "ed25519"] { #expect(privateFault(read(name)) == .notRSA, "\(name)") }
    #expect(privateFault(Array(read("rsa").dropLast(200))) == .notPEM)
    // Damage inside: every tenth byte, each alone. Nothing crashes, and whatever still loads is whole.
    let whole = try #require(try PrivateKey(pem: read("rsa")).sign([1], .v1_1))
    for index in stride(from: 40, to: read("rsa").count - 40, by: 97) {
      var damaged = read("rsa")
      damaged[index] = damaged[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
      if let key = try? PrivateKey(pem: damaged) { #expect(key.sign([1], .v1_1) == whole) }
    }
  }

  @Test("a text that has no room in a signature is refused with the way out") func room() throws {
    let key = try PrivateKey(pem: Vectors.read("keys/rsa.pem"))
    let user = String(repeating: "u", count: 150)
    let none = UnsafeRawBufferPointer(start: nil, count: 0)
    let old = try CallSigner.signedHeaders(user: user, key: key, version: .v1_0)
    #expect(throws: SigningFault.textTooLong(bytes: 300, room: 245)) {
      try old.headers(method: "GET", target: "/", body: none, now: Vectors.now)
    }
    for version in [SignatureVersion.v1_1, .v1_2, .v1_3] {
      let signer = try CallSigner.signedHeaders(user: user, key: key, version: version)
      #expect(throws: Never.self) { try signer.headers(method: "GET", target: "/", body: none, now: Vectors.now) }
      #expect(signer.isSlow)
    }
  }

  @Test("the other schemes are a header or two") func headers() throws {
    func headers(_ signer: CallSigner) throws -> [String] {
      try signer.headers(method: "GET", target: "/", body: UnsafeRawBufferPointer(start: nil, count: 0), now: 0)
        .map { "\($0.name): \($0.value)" }
    }
    let secret = try Secret(" KEY123\n")
    #expect(try headers(.token(secret)) == ["x-authentication: KEY123"])
    #expect(try headers(.basicKey(secret)) == ["authorization: Basic S0VZMTIzOg=="])
    #expect(try headers(.bearer(secret)) == ["authorization: Bearer KEY123"])
    #expect(
      try headers(.userAndToken(user: "root", token: secret)) == [
        "x-slurm-user-name: root", "x-slurm-user-token: KEY123",
      ])
    #expect(!CallSigner.token(secret).isSlow)
    #expect(throws: SetupFault.emptySecret) { try Secret(" \n") }
    for bad in ["a b", "a\r\nX-Evil: 1", "\u{E9}", "a\u{0}"] {
      #expect(throws: SetupFault.unprintableSecret) { try Secret(bad) }
    }
    #expect(throws: SetupFault.badName) { try CallSigner.userAndToken(user: "a\nb", token: secret) }
    #expect(throws: SetupFault.unprintableSecret) { try CallSigner.basicKey(try Secret("a:b")) }
  }

  @Test("PBKDF2 with HMAC-SHA-256 by the vectors of RFC 7914 §11") func vectors() {
    #expect(
      PasswordHash.derive("passwd", Array("salt".utf8), 1, 64).map { Hexadecimal.text($0) }
        == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"
        + "49ca9cccf179b645991664b39d77ef317c71b845b1e30bd509112041d3a19783")
    #expect(
      PasswordHash.derive("Password", Array("NaCl".utf8), 80_000, 64).map { Hexadecimal.text($0) }
        == "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"
        + "a1d425a1225833549adb841b51c9b3176a272bdebba1d078478f62b397f33c8d")
  }

  @Test("a password's line is made, read and held against") func passwords() throws {
    var generator = Seeded(3)
    let line = try PasswordHash.line(for: "p\u{E4}ss w\u{F6}rd", iterations: 10_000, using: &generator)
    #expect(line.hasPrefix("$pbkdf2-sha256$i=10000$"))
    #expect(line.utf8.count == 23 + 22 + 1 + 43)
    let hash = try PasswordHash(line: line)
    #expect(hash.fits("p\u{E4}ss w\u{F6}rd"))
    // Other bytes are another password, even where they look the same.
    for wrong in ["", "pass word", "p\u{E4}ss w\u{F6}rd ", "pa\u{308}ss wo\u{308}rd"] { #expect(!hash.fits(wrong)) }
    #expect(try PasswordHash.line(for: "x", iterations: 10_000, using: &generator) != line)
    #expect(throws: SetupFault.self) { try PasswordHash.line(for: "", using: &generator) }
    #expect(throws: SetupFault.self) {
      try PasswordHash.line(for: String(repeating: "x", count: 1025), using: &generator)
    }
    for bad in [
      "", "secret", "$pbkdf2-sha256$i=10000$AAAA", "$2b$12$abc", line.replacing("10000", with: "1"),
      line.replacing("i=", with: "j="), line + "$", String(line.dropLast()), line.replacing("10000", with: "99999999"),
    ] {
      #expect(throws: SetupFault.self) { try PasswordHash(line: bad) }
    }
  }

  @Test("a digest's line is read back, and no line that is a secret itself is repeated") func digests() throws {
    #expect(throws: SetupFault.badDigest) { try SecretDigest(line: "KEY123") }
    let digest = try #require(SecretDigest(of: "abc"))
    // FIPS 180-4, appendix B.1.
    #expect(digest.line == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(try SecretDigest(line: digest.line) == digest)
    #expect(digest != SecretDigest(of: "abd"))
    #expect(!SetupFault.badDigest.description.contains("KEY"))
  }

  @Test("a file that others can reach is refused") func modes() {
    for (mode, owner, fine): (UInt32, UInt32, Bool) in [
      (0o100600, 1000, true), (0o100400, 1000, true), (0o100640, 1000, true), (0o100640, 0, true),
      (0o100644, 1000, false),
      (0o100601, 1000, false), (0o100660, 1000, false), (0o100650, 1000, false), (0o100604, 0, false),
      (0o100600, 1001, false),
    ] {
      #expect(
        (FileMode.complaint(mode: mode, owner: owner, user: 1000) == nil) == fine, "\(String(mode, radix: 8)) \(owner)")
    }
    #expect(FileMode.complaint(mode: 0o100644, owner: 0, user: 0) == "others can reach it (mode 0644): chmod 600")
  }

  @Test("Base64 by the vectors of RFC 4648 §10, and only in its one form") func base64() {
    for (text, encoded) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(String(decoding: Base64.encode(Array(text.utf8)), as: UTF8.self) == encoded)
      #expect(Array(encoded.utf8).withUnsafeBytes { Base64.decode($0) } == Array(text.utf8))
    }
    for bad in ["Z", "Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "=", "====", "Zg==Zg==", "Zm9v\n", "Zm 9", "Zm-_"] {
      #expect(Array(bad.utf8).withUnsafeBytes { Base64.decode($0) } == nil, "\(bad)")
    }
    var generator = Seeded(4)
    for length in 0..<200 {
      let bytes = NewSecret.bytes(length, using: &generator)
      for (alphabet, padded) in [(Base64.Alphabet.standard, true), (.url, false), (.url, true), (.standard, false)] {
        let encoded = Base64.encode(bytes, alphabet, padded: padded)
        #expect(encoded.withUnsafeBytes { Base64.decode($0, alphabet, padded: padded) } == bytes)
      }
    }
  }
}
