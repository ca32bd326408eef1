/// The system's random numbers, and how many were drawn. The system's own generator has no size, so that it has no address
/// either, and tools that watch who changes what take that for a fault.
struct CountedRandom: RandomNumberGenerator {
  private var system = SystemRandomNumberGenerator()
  private(set) var drawn = 0

  mutating func next() -> UInt64 {
    drawn += 1
    return system.next()
  }
}
