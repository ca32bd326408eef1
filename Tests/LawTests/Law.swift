import Wire

import func Glibc.getenv

/// How often a law is tried: often where the code is optimised, less often where every step is checked; `LAW_TRIES`
/// says otherwise.
let tries: Int = {
  if let wanted = getenv("LAW_TRIES"), let count = Int(String(cString: wanted)) { return count }
  #if DEBUG
    return 300
  #else
    return 10_000
  #endif
}()

/// A case that breaks a law: enough to have it again, and to understand it.
struct Breach: CustomStringConvertible {
  var seed: UInt64
  var what: String
  /// The smallest document found that still breaks it.
  var document: String?

  var description: String { "seed \(seed): \(what)" + (document.map { "\nof the document \($0)" } ?? "") }
}

/// Tries a law on one case after another; gives the first that breaks it. Every case has a seed of its own.
func firstBreach(_ count: Int = tries, from seed: UInt64 = 1, _ law: (inout Dice) -> Breach?) -> Breach? {
  for number in 0..<UInt64(count) {
    var dice = Dice(seed: seed &* 0x1_0000_0001 &+ number)
    if var breach = law(&dice) {
      breach.seed = seed &* 0x1_0000_0001 &+ number
      return breach
    }
  }
  return nil
}

/// A law about documents: `check` says what is wrong with one. The document of the first breach is made as small as it
/// goes.
func firstBreach(
  _ count: Int = tries, from seed: UInt64 = 1, of make: (inout Dice) -> JSON, _ check: (JSON) -> String?
) -> Breach? {
  firstBreach(count, from: seed) { dice in
    let document = make(&dice)
    guard check(document) != nil else { return nil }
    let small = shrunk(document) { check($0) != nil }
    return Breach(seed: 0, what: check(small) ?? "", document: small.compact)
  }
}
