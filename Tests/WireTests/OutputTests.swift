import Testing
import Wire

@Suite("The buffer of an answer")
struct OutputTests {
  @Test func pieces() {
    let text = written { output in
      output.byte(UInt8(ascii: "{"))
      output.text("\"a\":")
      output.quoted("x\"y")
      output.text(",")
      output.string("\"größe\":")
      output.integer(-12)
      output.text("}")
    }
    #expect(text == #"{"a":"x\"y","größe":-12}"#)
  }

  @Test func everyLengthIsCopiedWhole() {
    let source = (0..<200).map { UInt8($0) }
    for length in 0...200 {
      let output = Output(capacity: 1)
      output.text("<")
      source[..<length].withUnsafeBytes { output.bytes($0) }
      output.text(">")
      #expect(Array(output.written) == [UInt8(ascii: "<")] + source[..<length] + [UInt8(ascii: ">")])
    }
  }

  @Test func integers() {
    var values: [Int64] = [0, .max, .min, .max - 1, .min + 1]
    var power: Int64 = 1
    for _ in 0..<18 {
      power *= 10
      values += [power, power - 1, -power, 1 - power]
    }
    for value in values { #expect(written { $0.integer(value) } == String(value)) }
  }

  @Test func theEndCanBeTakenBack() {
    let output = Output()
    #expect(output.last == 0)
    output.dropLast()
    #expect(output.count == 0)
    output.text("[1,2,")
    #expect(output.last == UInt8(ascii: ","))
    output.dropLast()
    #expect(output.count == 4)
    output.truncate(to: 2)
    output.truncate(to: 9)
    #expect(String(decoding: output.written, as: UTF8.self) == "[1")
    output.dropLast(5)
    #expect(output.written.isEmpty)
  }

  @Test func memoryStaysUntilTrimmed() {
    let output = Output(capacity: 64)
    for _ in 0..<10_000 { output.text("0123456789") }
    #expect(output.count == 100_000)
    let place = output.written.baseAddress
    output.clear()
    output.text("short")
    #expect(output.written.baseAddress == place)
    output.trim(to: 64)
    #expect(String(decoding: output.written, as: UTF8.self) == "short")
    output.trim(to: 0)
    #expect(output.count == 5)
  }

  @Test func escapesWhatHasToBe() {
    let controls = (0...0x1F).map { String(Unicode.Scalar(UInt8($0))) }.joined()
    let expected =
      #"\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#
      + #"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f"#
    #expect(String(decoding: JSONText.escaped(controls), as: UTF8.self) == expected)
    #expect(JSONText.escaped("/é\u{7F}\u{2028}😀") == Array("/é\u{7F}\u{2028}😀".utf8))
    #expect(JSONText.escaped("") == [])
    for before in 0...17 {
      for after in 0...9 {
        let text = String(repeating: "é", count: before / 2) + String(repeating: "a", count: before % 2)
        let rest = String(repeating: "b", count: after)
        #expect(JSONText.escaped(text + "\"" + rest) == Array((text + "\\\"" + rest).utf8))
      }
    }
  }
}
