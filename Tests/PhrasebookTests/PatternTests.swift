import Phrasebook
import Testing

@Suite("Patterns") struct PatternTests {
  private func captures(_ pattern: String, _ text: String) -> [String: String]? {
    var found: [String: String] = [:]
    guard Pattern(pattern)?.match(text, into: &found) ?? false else { return nil }
    return found
  }

  @Test("places capture what stands in them") func capture() {
    #expect(captures("run-etl {day}", "run-etl 2026-11-01") == ["day": "2026-11-01"])
    #expect(captures("{host}:{port}", "db1:5432") == ["host": "db1", "port": "5432"])
    #expect(captures("{a}.prod.{b}", "x.y.prod.z") == ["a": "x.y", "b": "z"])
    #expect(captures("'{day}'", "'it's'") == ["day": "it's"], "a last literal is looked for at the end")
    #expect(captures("chef-client", "chef-client") == [:])
  }

  @Test("the whole text must match, and a place takes something") func refuse() {
    #expect(captures("run-etl {day}", "run-etl ") == nil)
    #expect(captures("run-etl {day}", "xrun-etl 1") == nil)
    #expect(captures("chef-client", "chef-client -o x") == nil)
    #expect(captures("{a}-{b}", "-x") == nil)
  }

  @Test("a captured value holds in every place of that name") func agree() {
    var found = ["day": "1"]
    #expect(Pattern("run {day}")?.match("run 2", into: &found) == false)
    #expect(Pattern("run {day}")?.match("run 1", into: &found) == true)
  }

  @Test("what is no pattern is refused") func malformed() {
    for text in ["{", "{}", "a {b", "{a}{b}", "{a} {a}"] { #expect(Pattern(text) == nil, "\(text)") }
  }

  @Test("filling is the way back") func invert() {
    for (pattern, text) in [("run-etl {day}", "run-etl 7"), ("{a}/{b}", "x/y z"), ("plain", "plain")] {
      #expect(Pattern(pattern)?.filled(captures(pattern, text) ?? [:]) == text)
    }
    #expect(Pattern("{a}")?.filled([:]) == nil)
  }

  @Test("a hostile text costs no more than its length") func linear() {
    let text = String(repeating: "a-", count: 50_000)
    #expect(captures("{a}-b-{c}-d", text) == nil)
  }
}
