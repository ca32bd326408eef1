import JobModel
import Mapping
import Testing
import Wire

/// Law 6: what the hub holds comes through its canonical document to the digit, the code point and the millisecond; null,
/// absent, zero and empty stay four different things.
struct ExactLaw {
  var dialects = Dialects.shipped

  func check(_ spoken: Spoken, _ document: JSON) -> String? {
    guard let job = Job.read(document.compact, with: dialects[spoken.dialect].reader("job")),
      let writer = dialects["canonical"].writer("job", profile: "v1")
    else { return nil }
    let written = writer.document(job)
    guard let back = Job.read(written.compact, with: dialects["canonical"].reader("job")) else {
      return "refused: \(written.compact)"
    }
    for field in Field.allCases where !field.isContext {
      let (one, other) = (job.shown(field), back.shown(field))
      if one != other { return "\(field.name) was \(one) and came back as \(other)" }
    }
    return nil
  }
}

@Suite("Law 6: exact values")
struct ExactTests {
  private func make(_ spoken: Spoken, _ dice: inout Dice) -> JSON {
    Grammar(dialect: Dialects.shipped[spoken.dialect].dialect, profile: spoken.profile).document("job", &dice)
  }

  @Test(arguments: Dialects.spoken)
  func throughTheHub(_ spoken: Spoken) {
    let law = ExactLaw()
    #expect(firstBreach(tries / 2, from: 51, of: { make(spoken, &$0) }) { law.check(spoken, $0) } == nil)
  }

  @Test func aHubThatRoundsTimesIsFound() throws {
    var law = ExactLaw()
    law.dialects = try Dialects(
      planting: (
        "canonical.yaml", "changed: {is: job.changed, as: iso8601-millis}", "changed: {is: job.changed, as: iso8601}"
      ))
    let spoken = Spoken(dialect: "xplenty", profile: "v2")
    #expect(firstBreach(3000, from: 52, of: { make(spoken, &$0) }) { law.check(spoken, $0) } != nil)
  }

  @Test func numbersKeepTheirDigits() {
    for digits in ["1", "1.0", "1e2", "-0", "18446744073709551616", "9007199254740993"] {
      let job = Job.read("{\"owner_id\":\(digits)}", with: Dialects.shipped["xplenty"].reader("job"))
      #expect(job?.text(.ownerID) == digits)
    }
  }
}
