/// The ways in which callers show who they are, and in which calls to backends are signed.
package enum Scheme: String, Sendable, CaseIterable {
  /// Nothing is asked.
  case open
  /// Chef's signed headers, 1.0 to 1.3.
  case signedHeaders = "signed-headers"
  /// `X-Authentication`, `?token=`, or a client certificate.
  case token
  /// An API key as the user name of Basic authentication (RFC 7617), with its colon or without.
  case basicKey = "basic-key"
  /// `Authorization: Bearer` (RFC 6750).
  case bearer
  /// Slurm's pair of headers: a token, and whose it is, which may be left out.
  case userAndToken = "user-and-token"
}

/// What a request showed, before its body was read.
package struct Evidence: Sendable {
  enum Holder: Sendable {
    case known(Directory.Entry)
    /// By a token that was issued, and that ends or is revoked some time.
    case issued(Directory.Entry)
    case unverified(Principal)
    case signed(SignedClaim)
  }

  let scheme: Scheme
  let holder: Holder

  /// Who is calling, where that is known before the body is read; nil while it is only claimed.
  package var principal: Principal? {
    switch holder {
    case .known(let entry), .issued(let entry): entry.principal
    case .unverified(let principal): principal
    case .signed: nil
    }
  }
}

extension Evidence {
  /// Whether the same head shows the same as long as the gatekeeper is the same.
  var isLasting: Bool { if case .known = holder { true } else { false } }
}

extension Evidence.Holder {
  /// The member's name, as the configuration has it; nil where nobody has been verified.
  var name: String? {
    switch self {
    case .known(let entry), .issued(let entry): entry.member.name
    case .unverified, .signed: nil
    }
  }
}

/// Who is calling, proven. Made and asked about by one gatekeeper.
package struct Caller: Sendable {
  /// How they showed who they are.
  package let scheme: Scheme
  /// Who they are.
  package let principal: Principal
  /// The mark of the request's signature, in a scheme that signs requests.
  package let nonce: Nonce?
  /// This very signature was seen before (`Repeats.reported`).
  package let isRepeat: Bool
  /// Whether the same head says the same for as long as the gatekeeper is the same: nothing in it was signed, and nothing
  /// ends or is revoked meanwhile. A client's certificate stands in no head.
  package let isLasting: Bool
  /// Nil where nothing was asked.
  let entry: Directory.Entry?

  init(_ scheme: Scheme, _ entry: Directory.Entry, nonce: Nonce? = nil, isRepeat: Bool = false, isLasting: Bool = false)
  {
    (self.scheme, self.entry, principal) = (scheme, entry, entry.principal)
    (self.nonce, self.isRepeat, self.isLasting) = (nonce, isRepeat, isLasting)
  }

  init(unverified principal: Principal) {
    (scheme, self.principal, nonce, isRepeat, isLasting, entry) = (.open, principal, nil, false, true, nil)
  }
}

/// What to do about a signature that was seen before.
package enum Repeats: Sendable {
  /// Nothing is remembered: for requests that change nothing.
  case allowed
  /// The caller is told apart (`Caller.isRepeat`): for a submit, whose repeat is answered with the first one's job.
  case reported
  /// The request is refused.
  case refused
}
