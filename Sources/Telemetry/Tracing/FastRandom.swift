/// Numbers that look random and cost a few instructions: xoshiro256**, by Blackman and Vigna (2018). For trace ids, where
/// they only have to be different; never for a secret. One for each event loop, seeded by the system's generator.
package struct FastRandom: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// A generator; its seed has 256 bits, not all of them zero.
  package init(seed: (UInt64, UInt64, UInt64, UInt64)) {
    state = seed
    if seed == (0, 0, 0, 0) { state.0 = 1 }
  }

  /// A generator seeded by another one.
  package init(using other: inout some RandomNumberGenerator) {
    self.init(seed: (other.next(), other.next(), other.next(), other.next()))
  }

  package mutating func next() -> UInt64 {
    let result = FastRandom.rotate(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = FastRandom.rotate(state.3, 45)
    return result
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 { value << count | value >> (64 - count) }
}
