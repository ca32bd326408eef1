import Wire

/// Says who a caller is and what they may do, in the platform's own order and words. In three steps, because platforms look
/// at other things in between:
///
/// 1. `evidence`: what the head of the request shows. Keys and tokens are verified here.
/// 2. `caller`: organization or account; with signed headers also the signature, which needs the body.
/// 3. `permit`: whether they may do what they ask for.
///
/// Any thread may ask. A new configuration makes a new gatekeeper with the same `IssuedTokens` and `ReplayMemory`.
package final class Gatekeeper: Sendable {
  /// Everybody who may call.
  package let directory: Directory
  /// The tokens that were issued to them.
  package let tokens: IssuedTokens
  private let replays: ReplayMemory
  private let skew: Int64

  /// A gatekeeper.
  ///
  /// - Parameter skew: seconds by which the clock of a signing caller may differ, exclusive.
  package init(_ directory: Directory, tokens: IssuedTokens, replays: ReplayMemory, skew: Int64 = 900) {
    self.directory = directory
    self.tokens = tokens
    self.replays = replays
    self.skew = skew
  }

  /// What a request's head shows.
  ///
  /// - Parameter now: milliseconds since 1970, UTC.
  /// - Throws: what the platform answers when it is not enough.
  package func evidence(_ call: some Call, _ scheme: Scheme, now: Int64) throws(CredentialFault) -> Evidence {
    switch scheme {
    case .open:
      let principal = Principal.claimed { name in call.header(name).map { String(decoding: $0, as: UTF8.self) } }
      return Evidence(scheme: scheme, holder: .unverified(principal))
    case .signedHeaders:
      return Evidence(scheme: scheme, holder: .signed(try SignedClaim(call, now: now, skew: skew)))
    case .token: return Evidence(scheme: scheme, holder: try tokenHolder(call, now))
    case .basicKey: return Evidence(scheme: scheme, holder: .known(try keyHolder(call)))
    case .bearer: return Evidence(scheme: scheme, holder: try bearer(call, now))
    case .userAndToken: return Evidence(scheme: scheme, holder: try userAndToken(call, now))
    }
  }

  /// Who is calling.
  ///
  /// - Parameters:
  ///   - evidence: what the same request showed.
  ///   - body: the bytes as they were sent.
  ///   - account: the organization or account of the path; nil when the dialect has none.
  ///   - now: milliseconds since 1970, UTC.
  /// - Throws: what the platform answers when this is nobody it knows, or not one of the account.
  package func caller(
    _ evidence: Evidence, _ call: some Call, body: UnsafeRawBufferPointer, account: String?, repeats: Repeats,
    now: Int64
  ) throws(CredentialFault) -> Caller {
    switch evidence.holder {
    case .unverified(let principal):
      return Caller(unverified: principal)
    case .known(let entry), .issued(let entry):
      if let account, !entry.belongs(to: account) {
        let text = "'\(entry.member.name)' has no access to the account '\(shown(account))'."
        throw CredentialFault(.forbidden, text)
      }
      return Caller(evidence.scheme, entry, isLasting: evidence.isLasting)
    case .signed(let claim):
      return try signer(claim, call, body, account, repeats, now)
    }
  }

  /// The organization, the name, the membership, the signature: the platform's order.
  private func signer(
    _ claim: SignedClaim, _ call: some Call, _ body: UnsafeRawBufferPointer, _ account: String?, _ repeats: Repeats,
    _ now: Int64
  ) throws(CredentialFault) -> Caller {
    let name = shown(claim.user)
    if let account, !directory.hasAccount(account) {
      throw CredentialFault(.unknownAccount, "organization '\(shown(account))' does not exist.")
    }
    let named = directory.named(claim.user).filter { !$0.member.keys.isEmpty }
    guard !named.isEmpty else {
      let text = "Failed to authenticate as '\(name)'. Ensure that your node_name and client key are correct."
      throw CredentialFault(.badCredential, text)
    }
    let candidates = named.filter { entry in account.map { entry.belongs(to: $0) } ?? true }
    if let account, candidates.isEmpty {
      throw CredentialFault(.forbidden, "'\(name)' is not associated with organization '\(shown(account))'")
    }
    let invalid = CredentialFault(.badCredential, "Invalid signature for user or client '\(name)'")
    for entry in candidates {
      guard let signature = claim.signature(call, body: body, keys: entry.member.keys) else { continue }
      guard !entry.member.isRevoked, let nonce = Nonce(signature) else { throw invalid }
      var isRepeat = false
      if repeats != .allowed {
        switch replays.admit(nonce, by: claim.user, timestamp: claim.timestamp, now: Times.seconds(now)) {
        case .first: break
        case .repeated where repeats == .reported: isRepeat = true
        case .repeated, .tooOld: throw invalid
        }
      }
      return Caller(.signedHeaders, entry, nonce: nonce, isRepeat: isRepeat, isLasting: false)
    }
    throw invalid
  }
}
