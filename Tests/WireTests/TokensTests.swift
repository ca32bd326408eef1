import Testing
import Wire

@Suite("The cursor, piece by piece")
struct TokensTests {
  @Test func readsAnObjectAsAReaderWould() {
    reading(#" { "id" : 42 , "on":true,"off": false, "gone": null, "text":"a\nb" } "#) { tokens in
      tokens.expect(UInt8(ascii: "{"))
      expect(tokens.enter(), true)
      expect(tokens.string(), TextRange(start: 4, length: 2))
      tokens.expect(UInt8(ascii: ":"))
      expect(tokens.number(), TextRange(start: 10, length: 2))
      expect(tokens.take(UInt8(ascii: ",")), true)
      expect(tokens.take(UInt8(ascii: ",")), false)
      expect(tokens.peek(), UInt8(ascii: "\""))
      _ = tokens.string()
      tokens.expect(UInt8(ascii: ":"))
      expect(tokens.bool(), true)
      expect(tokens.take(UInt8(ascii: ",")), true)
      _ = tokens.string()
      tokens.expect(UInt8(ascii: ":"))
      expect(tokens.bool(), false)
      expect(tokens.take(UInt8(ascii: ",")), true)
      _ = tokens.string()
      tokens.expect(UInt8(ascii: ":"))
      tokens.null()
      expect(tokens.take(UInt8(ascii: ",")), true)
      _ = tokens.string()
      tokens.expect(UInt8(ascii: ":"))
      expect(tokens.string(), TextRange(start: 61, length: 4, escaped: true))
      expect(tokens.take(UInt8(ascii: "}")), true)
      tokens.leave()
      tokens.end()
      #expect(tokens.fault == nil)
      expect(tokens.peek(), 0)
    }
  }

  @Test func theFirstFaultIsKeptAndEveryLoopStops() {
    reading("[1,?,2]") { tokens in
      tokens.expect(UInt8(ascii: "["))
      var elements = 0
      repeat {
        _ = tokens.number()
        elements += 1
      } while tokens.take(UInt8(ascii: ","))
      tokens.expect(UInt8(ascii: "]"))
      tokens.end()
      #expect(elements == 2)
      #expect(tokens.fault == JSONFault(.unexpectedByte, offset: 3))
      #expect(tokens.at == 7)
      tokens.fail(.badNumber, at: 0)
      #expect(tokens.fault == JSONFault(.unexpectedByte, offset: 3))
    }
  }

  @Test func literalTakesWholeOrNothing() {
    let names = ["", "\"", "\"a\":", "\"name\":", "\"status\":", "\"run_timeout\":", "\"created_timestamp\":"]
    for name in names {
      for next in ["", "1", " 1", "\"a value of more than eight bytes\""] {
        reading(name + next) { tokens in
          expect(bytes(of: name) { tokens.literal($0) }, true)
          #expect(tokens.at == name.utf8.count)
        }
      }
      for index in name.utf8.indices {
        var other = Array(name.utf8)
        other[name.utf8.distance(from: name.startIndex, to: index)] ^= 1
        reading(other) { tokens, _ in
          expect(bytes(of: name) { tokens.literal($0) }, false)
          #expect(tokens.at == 0 && tokens.fault == nil)
        }
      }
      reading(String(name.dropLast())) { tokens in expect(bytes(of: name) { tokens.literal($0) }, name.isEmpty) }
    }
  }

  @Test func literalPassesNoWhiteSpace() {
    reading(" \"a\":") { tokens in
      expect(bytes(of: "\"a\":") { tokens.literal($0) }, false)
      #expect(tokens.at == 0)
    }
  }

  @Test func startsWhereItIsTold() {
    reading("[1] [2]", from: 3) { tokens in
      expect(tokens.skip(), TextRange(start: 4, length: 3))
      tokens.end()
      #expect(tokens.fault == nil)
    }
    for from in [-1, 99] { reading("1", from: from) { tokens in #expect((0...1).contains(tokens.at)) } }
  }

  @Test func skipGivesTheBytesOfTheValue() {
    reading(#" {"a": [1, "\t"]} ,"#) { tokens in
      expect(tokens.skip(), TextRange(start: 1, length: 16, escaped: true))
      expect(tokens.take(UInt8(ascii: ",")), true)
    }
    reading("12,") { tokens in expect(tokens.skip(), TextRange(start: 0, length: 2)) }
  }

  @Test func depthCountsWhatTheCallerHasEntered() {
    for depth in 0...4 {
      reading("[[{\"a\":[]}]]", depth: depth) { tokens in
        tokens.expect(UInt8(ascii: "["))
        guard tokens.enter() else {
          #expect(depth == 0 && tokens.fault == JSONFault(.tooDeep, offset: 0))
          return
        }
        _ = tokens.skip()
        tokens.expect(UInt8(ascii: "]"))
        tokens.leave()
        tokens.end()
        #expect(tokens.fault == (depth == 4 ? nil : JSONFault(.tooDeep, offset: [0, 1, 2, 7][depth])))
      }
    }
  }

  @Test func noDepthAboveSixtyFour() {
    #expect(faultOfSkipping([UInt8](repeating: UInt8(ascii: "["), count: 65), depth: 1_000)?.kind == .tooDeep)
    #expect(faultOfSkipping(Array("[]".utf8), depth: -1)?.kind == .tooDeep)
  }

  @Test func anEmptyTextWithoutMemoryIsNoTrap() {
    var tokens = Tokens(UnsafeRawBufferPointer(start: nil, count: 0))
    expect(tokens.peek(), 0)
    expect(tokens.take(0), false)
    _ = tokens.string()
    _ = tokens.number()
    _ = tokens.bool()
    tokens.null()
    _ = tokens.skip()
    expect(tokens.literal(UnsafeRawBufferPointer(start: nil, count: 0)), true)
    #expect(tokens.fault == JSONFault(.unexpectedEnd, offset: 0))
  }

  @Test(arguments: [
    ("\"abc", 4), ("\"a\\qc\"", 2), ("\"12345678\\u12x4\"", 9), ("[1,2,tru]", 8), ("[nul", 4), ("{\"a\":01}", 5),
    ("\"é\u{1}\"", 3), ("[1}", 2), ("1 x", 2), ("-", 1), ("[1.e]", 3),
  ])
  func faultsSayWhere(_ text: String, _ offset: Int) {
    #expect(faultOfSkipping(Array(text.utf8))?.offset == offset)
    #expect(faultOfParsing(Array(text.utf8))?.offset == offset)
  }

  @Test func faultsReadLikeSentences() {
    for kind in JSONFault.Kind.allCases { #expect(kind.words.count > 20) }
    #expect(JSONFault(.trailingContent, offset: 7).description.hasSuffix("only white space may follow it (byte 7)"))
    let text = "{\n  \"größe\": 01\n}"
    let fault = faultOfSkipping(Array(text.utf8))
    let place = fault?.position(in: Array(text.utf8))
    #expect(place?.line == 2 && place?.column == 12)
    #expect(JSONFault(.unexpectedEnd, offset: 99).position(in: Array("a\n".utf8)) == (2, 1))
  }
}
