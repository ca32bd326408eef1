import Testing
import Wire

@Suite("Valid documents, changed at random: the cursor, the reader and the oracle agree")
struct MutationTests {
  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func verdictsAgree(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let texts = Corpus.accepted.map(\.text) + (0..<20).map { _ in Array(dice.value(size: 12).compact.utf8) }
    var refused = 0
    for _ in 0..<4_000 {
      var text = dice.pick(texts)
      for _ in 0...dice.below(3) { dice.mutate(&text) }
      let skipped = faultOfSkipping(text)
      let parsed = faultOfParsing(text)
      let agreed = skipped == parsed && (skipped == nil) == Oracle.accepts(text)
      #expect(agreed, "\(String(decoding: text, as: UTF8.self)): \(skipped as Any), \(parsed as Any)")
      if skipped != nil { refused += 1 }
    }
    // Neither all valid nor all broken, or the comparison would say little.
    #expect((400...3_900).contains(refused))
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>)
  func noiseIsNoTrap(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    for _ in 0..<2_000 {
      let text = (0..<dice.below(40)).map { _ in dice.pick(Array("{}[]\",:\\u0189-+.eE tfnaléd\u{1}".utf8)) }
      #expect(faultOfSkipping(text) == faultOfParsing(text))
      #expect((faultOfSkipping(text) == nil) == Oracle.accepts(text))
      text.withUnsafeBytes { bytes in
        _ = JSONText.decoded(bytes)
        _ = try? Form.json(from: bytes, into: Output())
        _ = Query(bytes).value("a")
        _ = PercentEncoding.decode(bytes)
        #expect(Times.parseISO8601(bytes) == nil)
        #expect(Times.parseRFC1123(bytes) == nil)
      }
    }
  }
}

extension Dice {
  /// One change: a byte replaced, taken out, put in or doubled, a bit turned, the end cut off, a piece moved.
  fileprivate mutating func mutate(_ text: inout [UInt8]) {
    let interesting =
      Array("{}[]\",:\\/bfnrtu019-+.eE dD8\t\n\u{0}'".utf8) + [0x80, 0xBF, 0xC0, 0xC3, 0xED, 0xF0, 0xFF]
    guard !text.isEmpty else { return text.append(pick(interesting)) }
    let place = below(text.count)
    switch below(7) {
    case 0: text[place] = pick(interesting)
    case 1: text.remove(at: place)
    case 2: text.insert(pick(interesting), at: place)
    case 3: text.insert(text[place], at: place)
    case 4: text[place] ^= 1 << UInt8(below(8))
    case 5: text.removeLast(below(min(text.count, 4)))
    default:
      let end = min(text.count, place + 1 + below(6))
      text.insert(contentsOf: text[place..<end], at: below(text.count))
    }
  }
}
