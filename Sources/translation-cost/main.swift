// What a translation costs: by the mappings' plans, by Codable, and beside both the floor, a strict pass over the bytes.
// Usage: translation-cost [FOLDER WITH THE FIXTURES] [show | loop COUNT]
import Foundation

let arguments = CommandLine.arguments.dropFirst()
let folder = arguments.first ?? "Tests/Fixtures"

func fixture(_ name: String) throws -> Data {
  try Data(contentsOf: URL(fileURLWithPath: folder).appendingPathComponent(name))
}

func row(_ what: String, _ found: Cost, floor: Cost) -> String {
  "| \(what) | \(fixed(found.median)) | \(fixed(found.least))–\(fixed(found.most)) | "
    + "\(fixed(found.allocations, 1)) | \(fixed(found.median / floor.median, 2)) |"
}

func measure(_ title: String, _ body: Data, _ plan: PlanRun, byHand: (Data) throws -> Int) throws {
  try body.withUnsafeBytes { bytes in
    let floor = cost(size: 4000) { skip(bytes) }
    let read = try cost(size: 4000) { try plan.readOnce(bytes) }
    let whole = try cost(size: 4000) { try plan.once(bytes) }
    let codable = try cost(batches: 15, size: 200) { try byHand(body) }
    print(row("\(title): strict skip", floor, floor: floor))
    print(row("\(title): plan, reading only", read, floor: floor))
    print(row("\(title): plan", whole, floor: floor))
    print(row("\(title): Codable", codable, floor: floor))
  }
}

let submit = try fixture("pushy-post-584.json")
let job = try fixture("orchestrator-job-1856.json")
let submitRun = try PlanRun("pushy", "submit", "orchestrator", "job")
let jobRun = try PlanRun("orchestrator", "job", "pushy", "job")
let hands = ByHand()

switch arguments.dropFirst().first {
case "show":
  for (run, body) in [(submitRun, submit), (jobRun, job)] {
    _ = try body.withUnsafeBytes { try run.once($0) }
    print(String(decoding: run.output.written, as: UTF8.self))
  }
case "loop":
  let count = Int(arguments.last ?? "") ?? 100_000
  for (run, body) in [(submitRun, submit), (jobRun, job)] {
    try body.withUnsafeBytes { bytes in for _ in 0..<count { _ = try run.once(bytes) } }
  }
default:
  print("| translation | µs, median | least–most | allocations | ÷ skip |")
  print("|---|---|---|---|---|")
  try measure("pushy submit, \(submit.count) B → orchestrator job", submit, submitRun, byHand: hands.submit)
  try measure("orchestrator job, \(job.count) B → pushy job", job, jobRun, byHand: hands.job)
}
