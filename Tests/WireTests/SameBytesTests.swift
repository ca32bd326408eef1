import Testing
import Wire

struct SameBytesTests {
  @Test(arguments: [
    ("", "", true), ("a", "", true), ("", "a", false), ("abc", "abc", true), ("abc", "abcd", false),
    ("aab", "ab", true),
    ("ab ab abc", "abc", true), ("ab ab ab", "abc", false), ("xxdragomanxx", "dragoman", true), ("aaaa", "aaab", false),
  ])
  func bytesInBytes(_ text: String, _ other: String, _ isIn: Bool) {
    #expect(Array(text.utf8).withUnsafeBytes { $0.contains(Array(other.utf8)) } == isIn)
  }

  @Test func everyPlaceOfAByteIsFound() {
    for place in 0..<100 {
      var bytes = [UInt8](repeating: 1, count: 100)
      bytes[place] = 2
      #expect(bytes.withUnsafeBytes { $0.contains([2]) && !$0.contains([3]) })
      #expect(bytes.withUnsafeBytes { $0.contains([1, 2]) } == (place > 0))
    }
  }
}
