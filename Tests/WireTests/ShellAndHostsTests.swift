import Testing
import Wire

/// Lists of hosts in one text, and texts as one word of a shell.
struct ShellAndHostsTests {
  @Test(arguments: [
    ("web", ["web"]), ("a,b", ["a", "b"]), ("n[1-3]", ["n1", "n2", "n3"]),
    ("n[08-10,12],db", ["n08", "n09", "n10", "n12", "db"]),
    ("r[1-2]n[1-2]-x", ["r1n1-x", "r1n2-x", "r2n1-x", "r2n2-x"]), ("n[7]", ["n7"]),
    ("n[099-101]", ["n099", "n100", "n101"]),
  ])
  func expands(_ text: String, _ names: [String]) { #expect(HostList.names(text) == names) }

  @Test(arguments: [
    "", ",", "a,", "n[", "n]", "n[1", "n[]", "n[1-]", "n[3-1]", "n[1-2-3]", "n[a-b]", "n[1,]", "n[[1]]",
    "n[1-99999999999]",
  ])
  func isNone(_ text: String) { #expect(HostList.names(text) == nil) }

  @Test func aFewBytesAreNotAllowedToBecomeMillions() {
    #expect(HostList.names("n[0-65535]")?.count == 65_536)
    #expect(HostList.names("n[0-65536]") == nil)
    #expect(HostList.names("n[0-999]m[0-999]") == nil)
    #expect(HostList.names("n[0-65535],m") == nil)
  }

  @Test func isWrittenPlainly() {
    #expect(HostList.text(["a", "n1", "n2"]) == "a,n1,n2")
    for name in ["", "a,b", "n[1-2]", "a b", "a\nb"] { #expect(HostList.text(["x", name]) == nil) }
    #expect(HostList.text([]) == nil)
  }

  @Test(arguments: ["", "true", "it's", "''", "a 'b' \"c\" $d `e` \\ \n", "'", "é'\u{301}"])
  func aWordComesBack(_ text: String) {
    #expect(ShellWord.text(ShellWord.quoted(text))?.unicodeScalars.elementsEqual(text.unicodeScalars) == true)
  }

  @Test func aQuoteEndsNothing() { #expect(ShellWord.quoted("it's; rm") == #"'it'\''s; rm'"#) }

  @Test(arguments: ["", "'", "true", "'a'b'", "'a' 'b'", "'a'\\''", "\"a\"", "'a''b'"])
  func isNoWordOfOurs(_ word: String) { #expect(ShellWord.text(word) == nil) }
}
