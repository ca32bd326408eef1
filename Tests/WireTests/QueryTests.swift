import Testing
import Wire

@Suite("Query parameters and segments of paths")
struct QueryTests {
  @Test func parameters() {
    let query = bytes(of: "limit=20&offset=&status=all+done&a%20b=%C3%A9&flag&limit=30&=x&bad=100%&worse=%zz%41") {
      Query($0)
    }
    #expect(query.value("limit") == "20")
    #expect(query.value("offset") == "" && query.value("flag") == "")
    #expect(query.value("status") == "all done" && query.value("a b") == "é")
    #expect(query.value("bad") == "100%" && query.value("worse") == "%zz%41" && query.value("") == "x")
    #expect(query.value("none") == nil && query.value("Limit") == nil)
    #expect(query.pairs.count == 9 && query.pairs[5].value == "30")
    #expect(bytes(of: "") { Query($0) }.pairs.isEmpty)
    #expect(bytes(of: "a=%FF") { Query($0) }.value("a") == "\u{FFFD}")
  }

  @Test(arguments: [
    ("2345", "2345"), ("a b", "a%20b"), ("a/b", "a%2Fb"), ("é", "%C3%A9"), ("-._~", "-._~"), ("a+b", "a%2Bb"),
    ("100%", "100%25"),
    ("?#[]@!$&'()*,;=:", "%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2C%3B%3D%3A"), ("...", "..."), (".a", ".a"),
    ("\u{0}", "%00"),
  ])
  func segments(_ text: String, _ encoded: String) {
    #expect(PercentEncoding.encode(text) == encoded)
    #expect(bytes(of: encoded) { PercentEncoding.decode($0) } == text)
  }

  @Test func segmentsThatMeanAnotherPlaceAreNotWritten() {
    for text in ["", ".", ".."] {
      #expect(PercentEncoding.encode(text) == nil)
      let output = Output()
      let fits = bytes(of: text) { PercentEncoding.encode($0, into: output) }
      #expect(!fits && output.count == 0)
    }
  }

  @Test func decoding() {
    #expect(bytes(of: "a+b%2f%2F") { PercentEncoding.decode($0) } == "a+b//")
    #expect(bytes(of: "") { PercentEncoding.decode($0) } == "")
    for text in ["%", "%4", "a%", "%4g", "%g4", "%%41", "%ff", "%C3", "%ED%A0%80", "%C0%AF", "a%F4%90%80%80"] {
      #expect(bytes(of: text) { PercentEncoding.decode($0) } == nil)
    }
    #expect([0xFF].withUnsafeBytes { PercentEncoding.decode(UnsafeRawBufferPointer(rebasing: $0[..<1])) } == nil)
  }
}
