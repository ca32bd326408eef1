import JobModel
import Mapping
import Testing
import Wire

@Suite("Law 2: every member of a document ends in exactly one way")
struct AccountingTests {
  static let pairs: [(Spoken, Spoken)] = {
    let names = ["pushy", "orchestrator", "xplenty", "canonical"]
    let spoken = names.compactMap { name in Dialects.spoken.first { $0.dialect == name } }
    return spoken.flatMap { from in spoken.map { (from, $0) } }
  }()

  private func grammar(_ spoken: Spoken, wild: Bool = true) -> Grammar {
    Grammar(dialect: Dialects.shipped[spoken.dialect].dialect, profile: spoken.profile, wild: wild)
  }

  @Test(arguments: pairs)
  func answers(_ from: Spoken, _ to: Spoken) {
    let law = AccountingLaw()
    let breach = firstBreach(tries / 4, from: 11, of: { grammar(from).document("job", &$0) }) {
      law.check(from, to, "job", $0)
    }
    #expect(breach == nil, "\(from) to \(to)")
  }

  @Test(arguments: pairs)
  func requests(_ from: Spoken, _ to: Spoken) {
    let law = AccountingLaw()
    let breach = firstBreach(tries / 4, from: 12, of: { grammar(from, wild: false).document("submit", &$0) }) {
      law.check(from, to, "submit", $0)
    }
    #expect(breach == nil, "\(from) to \(to)")
  }

  @Test func aMemberThatIsForgottenIsFound() {
    var law = AccountingLaw()
    law.account = { document, job, name, from, to, target, losses, kind in
      Accounting.of(document, read: job, as: name, from: from, to: to, written: target, losses: losses, kind: kind)
        .filter { $0.disposition != .dropped }
    }
    let (from, to) = (Spoken(dialect: "orchestrator", profile: "v1"), Spoken(dialect: "pushy", profile: "server-2"))
    #expect(firstBreach(300, of: { grammar(from).document("job", &$0) }) { law.check(from, to, "job", $0) } != nil)
  }

  @Test func aMappingThatSaysSomethingElseIsFound() throws {
    var law = AccountingLaw()
    law.dialects = try Dialects(
      planting: ("xplenty.yaml", "owner_id: {is: job.owner-id, as: number", "owner_id: {is: job.owner-id, as: whole"))
    let (from, to) = (Spoken(dialect: "canonical", profile: "v1"), Spoken(dialect: "xplenty", profile: "v2"))
    #expect(firstBreach(5000, of: { grammar(from).document("job", &$0) }) { law.check(from, to, "job", $0) } != nil)
  }
}
