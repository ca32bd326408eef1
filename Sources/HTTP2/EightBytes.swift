/// Eight bytes of a text looked at as one word: what a head has most of needs no look at each.
enum EightBytes {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let high: UInt64 = 0x8080_8080_8080_8080

  /// Has the highest bit of each byte that may not stand in a visible text: those below `first`, and DEL. A borrow may
  /// mark a byte behind one of them, too.
  @inline(__always)
  static func invisible(_ word: UInt64, below first: UInt64) -> UInt64 {
    let low = (word &- ones &* first) & ~word
    let delete = word ^ (ones &* 0x7F)
    return (low | ((delete &- ones) & ~delete)) & high
  }

  /// ASCII's capitals made small.
  @inline(__always)
  static func lowercased(_ word: UInt64) -> UInt64 {
    let seven = word & ~high
    let capitals = (seven &+ ones &* (0x80 - 0x41)) ^ (seven &+ ones &* (0x7F - 0x5A))
    return word | (capitals & ~word & high) >> 2
  }
}

extension UnsafeRawBufferPointer {
  /// Whether every byte is at least `first` and none is DEL. False where that is so but for a few: then each has to be
  /// looked at.
  package func isVisible(from first: UInt8) -> Bool {
    var index = 0
    while index &+ 8 <= count {
      let word = loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if EightBytes.invisible(word, below: UInt64(first)) != 0 { return false }
      index &+= 8
    }
    while index < count {
      let byte = self[index]
      if byte < first || byte == 0x7F { return false }
      index &+= 1
    }
    return true
  }
}
