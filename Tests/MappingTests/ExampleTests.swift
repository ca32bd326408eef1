import Mapping
import Testing

/// The examples beside the mappings, and the runner that runs them.
struct ExampleTests {
  @Test func everyExampleComesOut() throws {
    let results = try ExampleRunner(codecs: Dialects.codecs).run(Files.examples())
    for result in results where !result.passed { Issue.record("\(result)") }
    #expect(results.count > 250)
  }

  @Test(arguments: Files.shipped)
  func everyDialectHasTenTranslations(_ dialect: String) throws {
    let examples = ExampleRunner.examples(in: try Files.examples())
    let from = examples.filter { $0.command.contains("--from \(dialect)") }
    #expect(from.count >= 10)
    for other in Files.shipped {
      #expect(from.contains { $0.command.contains("--to \(other)") }, "\(dialect) to \(other)")
    }
  }

  @Test func aDifferenceNamesItsPlace() throws {
    let text = """
      ```
      % translate --from pushy --to canonical
      {"id": "aaaaaaaaaaaa25fd67fa8715fd547d3d", "status": "aborted", "run_timeout": 1, "nodes": {}}
      ^D
      {"id": "aaaaaaaaaaaa25fd67fa8715fd547d3d", "phase": "failed", "request": {"run": {"timeout": 1.0}}, "colour": 1}
      2> job.phase: dropped, it does not matter
      => 3
      ```
      """
    let result = try #require(ExampleRunner(codecs: Dialects.codecs).run([("story.md", text)]).first)
    let said = result.description
    #expect(said.hasPrefix("story.md:2: translate --from pushy --to canonical\n"))
    #expect(said.contains(#"/phase: expected "failed", got "stopped""#))
    #expect(said.contains("/request/run/timeout: expected 1.0, got 1"))
    #expect(said.contains("/colour: expected 1, got nothing"))
    #expect(said.contains("/nodes: not expected, got []"))
    #expect(said.contains("not said     2> job.phase: dropped, it does not matter"))
    #expect(said.contains("expected exit code 3, got 0"))
  }

  @Test(arguments: [
    "translate --from nobody --to pushy", "translate --from pushy@server-9 --to pushy", "translate --form pushy",
    "fault pushy nothing", "route pushy", "about nobody", "dance",
  ])
  func aCommandThatIsNoneFails(_ command: String) {
    let text = "```\n% \(command)\n" + (command.hasPrefix("translate") ? "^D\n" : "") + "```\n"
    let results = ExampleRunner(codecs: Dialects.codecs).run([("story.md", text)])
    #expect(results.map(\.passed) == [false])
  }

  @Test func anInputThatIsNotClosedFails() {
    let text = "```\n% translate --from pushy --to pushy\n{\"id\": \"x\"}\n```\n"
    let results = ExampleRunner(codecs: Dialects.codecs).run([("story.md", text)])
    #expect(results.map(\.passed) == [false])
    #expect(results.description.contains("^D is missing"))
  }

  @Test func blocksThatAreNoExamplesArePassedOver() {
    #expect(ExampleRunner.examples(in: [("a.md", "```json\n{}\n```\n% fault x\n```\nplain\n```\n")]).isEmpty)
  }
}
