import Testing
import Wire

@Suite("Random values survive being written and read")
struct RoundTripTests {
  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func values(_ seed: UInt64) throws {
    var dice = Dice(seed: seed)
    for _ in 0..<300 {
      let value = dice.value(size: 1 + dice.below(60))
      #expect(faultOfSkipping(Array(value.compact.utf8)) == nil)
      #expect(try JSON(parsing: value.compact) == value)
      #expect(try JSON(parsing: value.pretty) == value)
      #expect(try JSON(parsing: value.pretty).compact == value.compact)
    }
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func texts(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    for _ in 0..<1_000 {
      let text = dice.text()
      let escaped = JSONText.escaped(text)
      #expect(escaped.withUnsafeBytes { JSONText.decoded($0).utf8.elementsEqual(text.utf8) })
      let range = reading([UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]) { tokens, _ in
        let range = tokens.string()
        tokens.end()
        return tokens.fault == nil ? range : nil
      }
      #expect(range == TextRange(start: 1, length: escaped.count, escaped: escaped.contains(UInt8(ascii: "\\"))))
    }
  }
}
