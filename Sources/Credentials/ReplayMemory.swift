import Synchronization

/// Which signatures were seen already, so that a signed request that was overheard is not good twice.
///
/// RSA signatures of type 1 are the same for the same text, and the time in it counts seconds: an honest client that reads
/// one job twice in a second sends one signature twice, and knife repeats a failed request without signing it anew. So this
/// is asked only about requests that change something.
///
/// Shared by all event loops, because a copy may come by any of them: sixteen shards behind a lock each, chosen by the
/// user, so that one who floods hurts at most a sixteenth. Signatures are kept by the second they were made in and forgotten
/// when that second is too old to be accepted anyway. A full shard forgets its oldest seconds early and accepts nothing
/// from them any more: memory is bounded, and never is one signature good twice. Empty after a restart; what has to hold
/// longer is bound to the signature's `Nonce` in the ledger.
package final class ReplayMemory: Sendable {
  private let shards: [Shard]

  /// A memory for `capacity` signatures of 16 bytes (about 40 with their tables), and for a clock's skew in seconds.
  package init(capacity: Int = 1 << 20, skew: Int64 = 900) {
    shards = (0..<16).map { _ in Shard(Recent(capacity: max(1, capacity / 16), skew: skew)) }
  }

  /// What is known of a signature.
  package enum Finding: Sendable { case first, repeated, tooOld }

  /// Remembers a signature and says whether it was seen before.
  ///
  /// - Parameters:
  ///   - timestamp: the second it was made in, as it says itself; within the skew of `now`.
  ///   - now: seconds since 1970.
  func admit(_ nonce: Nonce, by user: String, timestamp: Int64, now: Int64) -> Finding {
    var hasher = Hasher()
    hasher.combine(user)
    let shard = shards[Int(UInt(bitPattern: hasher.finalize()) % UInt(shards.count))]
    return shard.recent.withLock { $0.admit(nonce, timestamp, now) }
  }

  private final class Shard: Sendable {
    let recent: Mutex<Recent>
    init(_ recent: consuming Recent) { self.recent = Mutex(recent) }
  }
}

/// The signatures of one shard.
private struct Recent {
  let capacity: Int
  let skew: Int64
  private var seconds: [Int64: Set<Nonce>] = [:]
  private var count = 0
  /// Nothing of this second or before is accepted: it was forgotten.
  private var floor = Int64.min

  init(capacity: Int, skew: Int64) {
    self.capacity = capacity
    self.skew = skew
  }

  mutating func admit(_ nonce: Nonce, _ timestamp: Int64, _ now: Int64) -> ReplayMemory.Finding {
    if timestamp <= floor { return .tooOld }
    if seconds[timestamp]?.contains(nonce) == true { return .repeated }
    if count >= capacity { forget(before: now - skew + 1) }
    while count >= capacity, let oldest = seconds.keys.min() { forget(before: oldest + 1) }
    if timestamp <= floor { return .tooOld }
    seconds[timestamp, default: []].insert(nonce)
    count += 1
    return .first
  }

  private mutating func forget(before second: Int64) {
    for (key, nonces) in seconds where key < second {
      count -= nonces.count
      seconds[key] = nil
    }
    floor = max(floor, second - 1)
  }
}

/// A signature's own mark: the first half of its SHA-256. As a text it is a good name for a request in a ledger.
package struct Nonce: Sendable, Hashable {
  private let high: UInt64
  private let low: UInt64

  init?(_ signature: [UInt8]) {
    guard let digest = signature.withUnsafeBytes({ Hash.sha256.digest($0) }) else { return nil }
    (high, low) = digest.withUnsafeBytes {
      ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }
  }

  /// 32 hexadecimal digits.
  package var text: String {
    Hexadecimal.text(withUnsafeBytes(of: (high, low)) { Array($0) })
  }
}
