import Testing
import Wire

@Suite("Every text of the corpus, by the cursor, by the reader and by the oracle")
struct CorpusTests {
  @Test func noCaseIsLost() {
    #expect(Corpus.accepted.count == 188)
    #expect(Corpus.refused.count == 269)
  }

  @Test(arguments: Corpus.accepted)
  func accepted(_ example: Corpus.Case) throws {
    #expect(faultOfSkipping(example.text) == nil)
    #expect(Oracle.accepts(example.text))
    let value = try JSON(parsing: example.text, duplicates: .keep)
    #expect(try JSON(parsing: value.compact, duplicates: .keep) == value)
    #expect(try JSON(parsing: value.pretty, duplicates: .keep) == value)
  }

  @Test(arguments: Corpus.refused)
  func refused(_ example: Corpus.Case) {
    #expect(faultOfSkipping(example.text)?.kind.rawValue == example.kind)
    #expect(faultOfParsing(example.text)?.kind.rawValue == example.kind)
    #expect(faultOfParsing(example.text)?.offset == faultOfSkipping(example.text)?.offset)
    #expect(!Oracle.accepts(example.text))
  }

  @Test(arguments: Corpus.accepted)
  func aRepeatedNameIsForThePolicy(_ example: Corpus.Case) {
    let repeats = example.name.hasPrefix("duplicate")
    #expect(faultOfParsing(example.text, duplicates: .refuse)?.kind == (repeats ? .duplicateKey : nil))
    #expect(faultOfParsing(example.text, duplicates: .firstWins) == nil)
    #expect(faultOfParsing(example.text, duplicates: .lastWins) == nil)
  }

  @Test(arguments: Corpus.accepted)
  func everyBeginningOfAnAcceptedTextEndsWell(_ example: Corpus.Case) {
    for length in 0..<example.text.count {
      let text = Array(example.text.prefix(length))
      #expect((faultOfSkipping(text) == nil) == Oracle.accepts(text))
    }
  }
}
