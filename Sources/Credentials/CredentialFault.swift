/// Why a caller is turned away, in the words of the platform whose client asks. Never holds a secret.
package struct CredentialFault: Error, Sendable, Equatable {
  /// The kinds, spelt as the hub spells its faults.
  package enum Kind: String, Sendable, CaseIterable {
    /// Nothing to know the caller by, or not enough.
    case noCredential = "no-credential"
    case badCredential = "bad-credential"
    case forbidden = "forbidden"
    /// The organization or account of the path does not exist.
    case unknownAccount = "unknown-account"
    /// A request for a token cannot be read, or a field of it is wrong.
    case invalid = "invalid"
  }

  /// What kind of fault.
  package var kind: Kind
  /// A sentence for people: the platform's own where it is known.
  package var text: String
  /// The platform's own name for this fault (`puppetlabs.rbac/token-expired`); nil when the kind says enough.
  package var word: String?
  /// Whether the answer says how to authenticate (`WWW-Authenticate`), if the dialect does at all.
  package var challenges: Bool

  /// A fault of a kind.
  package init(_ kind: Kind, _ text: String, word: String? = nil, challenges: Bool = true) {
    self.kind = kind
    self.text = text
    self.word = word
    self.challenges = challenges
  }
}

/// A name out of a request, fit for a sentence: no control characters, and not longer than names are.
func shown(_ name: some StringProtocol) -> String {
  String(String.UnicodeScalarView(name.unicodeScalars.prefix(200).filter { $0.value >= 0x20 && $0.value != 0x7F }))
}
