import Testing
import Wire

@Suite("Values in memory")
struct JSONTests {
  @Test func digitsAndOrderStay() throws {
    let text = #"{"b":1.0,"a":-0,"id":123456789012345678901,"x":[1e2,null,true,false],"s":"é\"\n"}"#
    #expect(try JSON(parsing: text).compact == text)
  }

  @Test func prettyIsForPeople() throws {
    let text = #"{"a":[],"b":{},"c":[1,{"d":"e"}]}"#
    let expected = """
      {
        "a": [],
        "b": {},
        "c": [
          1,
          {
            "d": "e"
          }
        ]
      }
      """
    #expect(try JSON(parsing: text).pretty == expected)
  }

  @Test func repeatedNames() throws {
    let text = #"{"a":1,"b":2,"\u0061":3}"#
    #expect(throws: JSONFault(.duplicateKey, offset: 13)) { try JSON(parsing: text) }
    #expect(try JSON(parsing: text, duplicates: .firstWins).compact == #"{"a":1,"b":2}"#)
    #expect(try JSON(parsing: text, duplicates: .lastWins).compact == #"{"a":3,"b":2}"#)
    #expect(try JSON(parsing: text, duplicates: .keep).compact == #"{"a":1,"b":2,"a":3}"#)
    #expect(try JSON(parsing: "{\"é\":1,\"e\u{301}\":2}").members?.count == 2)
  }

  @Test(arguments: [
    (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, true), ("[1,2]", "[2,1]", false), ("1.0", "1", false), ("1e2", "1E2", false),
    ("-0", "0", false), (#""\u0041""#, #""A""#, true), ("\"é\"", "\"e\u{301}\"", false), ("null", "false", false),
    (#"{"a":null}"#, "{}", false), (#"{"a":1,"a":2}"#, #"{"a":2,"a":1}"#, true), ("[]", "{}", false),
    (#"{"a":1,"a":1,"a":2}"#, #"{"a":1,"a":2,"a":2}"#, false), (#"{"a":1}"#, #"{"b":1}"#, false), ("\"1\"", "1", false),
    ("[[],{}]", "[[],{}]", true), (#"{"a":{"x":1,"y":[2]}}"#, #"{"a":{"y":[2],"x":1}}"#, true),
    ("{\"é\":1}", "{\"e\u{301}\":1}", false),
  ])
  func sameValue(_ one: String, _ other: String, _ same: Bool) throws {
    let one = try JSON(parsing: one, duplicates: .keep)
    let other = try JSON(parsing: other, duplicates: .keep)
    #expect((one == other) == same)
    #expect((other == one) == same)
    #expect(one == one)
  }

  @Test func limits() {
    #expect(throws: JSONFault(.tooLarge, offset: 3)) { try JSON(parsing: "1234", limit: 3) }
    #expect(throws: Never.self) { try JSON(parsing: "123", limit: 3) }
    #expect(throws: JSONFault(.tooDeep, offset: 1)) { try JSON(parsing: "[[]]", depth: 1) }
    #expect(throws: JSONFault(.unexpectedEnd, offset: 0)) { try JSON(parsing: [UInt8]()) }
  }

  @Test func readsAnyCollectionOfBytes() throws {
    #expect(try JSON(parsing: Array("[1]".utf8)[1..<2]) == .number("1"))
    #expect(try JSON(parsing: Array("]1[".utf8).reversed()) == .array([.number("1")]))
  }

  @Test func parts() throws {
    let value = try JSON(parsing: #"{"n":7,"f":1.0,"s":"x","l":[true,null],"o":{"n":8}}"#)
    #expect(value["n"]?.integerValue == 7)
    #expect(value["f"]?.integerValue == nil && value["f"]?.digits == "1.0")
    #expect(value["s"]?.stringValue == "x")
    #expect(value["l"]?[0]?.boolValue == true && value["l"]?[1]?.isNull == true && value["l"]?[2] == nil)
    #expect(value["l"]?.elements?.count == 2 && value.members?.count == 5)
    #expect(value["o"]?["n"]?.integerValue == 8)
    #expect(value["none"] == nil && value["s"]?["n"] == nil && value[0] == nil)
    #expect(JSON.number("99999999999999999999").integerValue == nil)
  }

  @Test func textThatIsNoEscapeIsNoTrap() {
    for (raw, expected) in [
      ("\\", "\u{FFFD}"), ("\\u12", "\u{FFFD}u12"), ("a\\ud800b", "a\u{FFFD}b"), ("\\x", "\u{FFFD}x"),
    ] {
      #expect(bytes(of: raw) { JSONText.decoded($0) } == expected)
    }
    #expect(bytes(of: #"\u00e9\ud83d\ude00\/\b\f\n\r\t\\\""#) { JSONText.decoded($0) } == "é😀/\u{8}\u{C}\n\r\t\\\"")
  }
}
