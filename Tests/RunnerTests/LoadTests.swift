import Runner
import Testing

@Suite struct LoadTests {
  @Test func fiftyJobsAtOnceAllEndWell() async throws {
    let nodes = (1...50).map { InventoryNode(name: "n\($0)", concurrency: 50) }
    let house = try House(nodes: nodes, commands: ["work": "echo $THE_JOB on $THE_NODE; sleep 0.2"])
    await withTaskGroup(of: Void.self) { group in
      for job in 1...50 as ClosedRange<Int64> {
        group.addTask {
          let node = "n\(job)"
          let asked = order(job, "work", on: [node, "n1"].dropLast(job == 1 ? 1 : 0), capture: true)
          let story = await house.run(asked)
          #expect(story.phases == [.accepted, .waiting, .running, .succeeded])
          #expect(story.phases(of: node) == [.ready, .running, .succeeded])
          #expect((try? await house.text(asked, node: "n1")) == "job-\(job) on n1\n")
        }
      }
    }
    for node in nodes { #expect(await !house.runner.isBusy(node.name)) }
  }
}
