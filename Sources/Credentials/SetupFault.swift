/// What is wrong with a key, a secret or a user that was handed in when the server was set up. Its text never repeats what
/// was read.
package enum SetupFault: Error, Equatable, CustomStringConvertible {
  /// No PEM block was found (RFC 7468).
  case notPEM
  /// A PEM block of a kind that holds no key; its label.
  case wrongBlock(String)
  /// The block is there, its content cannot be read.
  case unreadableKey
  /// The key asks for a passphrase.
  case encryptedKey
  /// A private key where a public one belongs.
  case privateKey
  /// A public key or a certificate where a private key belongs.
  case publicKey
  /// Not an RSA key.
  case notRSA
  /// Fewer bits than 2048.
  case smallKey(bits: Int)
  /// More bits than 8192, which would make each check expensive.
  case largeKey(bits: Int)
  /// The key signs what it then does not verify.
  case brokenKey
  /// Nothing but white space.
  case emptySecret
  /// A character that no header can carry.
  case unprintableSecret
  /// A line that is no digest.
  case badDigest
  /// A password's line that cannot be read; what is wrong with it.
  case badPassword(String)
  /// A text that is no permission.
  case badPermission(String)
  /// A name that no header or path can carry.
  case badName
  /// Two principals of one name and kind.
  case repeatedName(String)
  /// One key, token or certificate name for two principals.
  case sharedSecret(String, String)
  /// A group names somebody who is not there.
  case unknownMember(group: String, name: String)
  /// Two groups of one name in one organization.
  case repeatedGroup(String)

  /// What is wrong, and what would be right.
  package var description: String {
    switch self {
    case .notPEM: "no PEM block was found: a key begins with a line like -----BEGIN PUBLIC KEY-----"
    case .wrongBlock(let label):
      "a PEM block '\(label)' is no RSA key: PUBLIC KEY, RSA PUBLIC KEY, CERTIFICATE, PRIVATE KEY and RSA PRIVATE KEY are"
    case .unreadableKey: "the PEM block cannot be read: the file is damaged"
    case .encryptedKey: "the key is locked with a passphrase: store it without one, readable by its owner only"
    case .privateKey: "a private key stands where a public key belongs: give out the public half only"
    case .publicKey: "a public key stands where a private key belongs"
    case .notRSA: "the key is no RSA key: signed headers know no other kind"
    case .smallKey(let bits): "an RSA key of \(bits) bits is too small: 2048 at least"
    case .largeKey(let bits): "an RSA key of \(bits) bits is too large: 8192 at most"
    case .brokenKey: "the key does not verify what it signs: the file is damaged"
    case .emptySecret: "the secret is empty"
    case .unprintableSecret: "the secret holds a character that no header can carry: printable ASCII without spaces"
    case .badDigest: "this is no digest of a secret: 'sha256:' and 64 hexadecimal digits"
    case .badPassword(let why): "this is no password line: \(why)"
    case .badPermission(let text):
      "'\(text)' is no permission: read, submit, stop, all, DIALECT/read (and so on), or type:action:instance"
    case .badName: "a name is 1 to 200 bytes without control characters"
    case .repeatedName(let name): "'\(name)' comes twice"
    case .sharedSecret(let one, let other): "'\(one)' and '\(other)' have a key, token or certificate in common"
    case .unknownMember(let group, let name): "the group '\(group)' names '\(name)', who is not there"
    case .repeatedGroup(let name): "the group '\(name)' comes twice"
    }
  }
}
