// What the pieces of a request cost, one by one: microseconds, which depend on the machine, and allocations, which do not.
// Usage: costs [FOLDER WITH THE FIXTURES] [check | show | loop COUNT [NUMBER OF A TRANSLATION]]
//
// `check` holds the allocations against FIXTURES/allocations.txt and exits with 1 where there are more.
import Glibc

let arguments = CommandLine.arguments.dropFirst()
let submit = try Fixtures.read("pushy-post-584.json")
let job = try Fixtures.read("orchestrator-job-1856.json")
let translations = [
  Translated("pushy submit → orchestrator job", submit, try PlanRun("pushy", "submit", "orchestrator", "job")),
  Translated("orchestrator job → pushy job", job, try PlanRun("orchestrator", "job", "pushy", "job")),
]

switch arguments.dropFirst().first {
case "show":
  for one in translations { print(try one.text()) }
case "loop":
  let numbers = arguments.dropFirst(2).compactMap { Int($0) }
  let chosen = numbers.count > 1 ? [translations[numbers[1] % translations.count]] : translations
  for one in chosen { for _ in 0..<(numbers.first ?? 100_000) { _ = try one.once() } }
case "check":
  let limits = try Limits(String(decoding: Fixtures.read("allocations.txt"), as: UTF8.self))
  let pieces = try translations.map(\.piece) + Pieces.all(job)
  let wrong = try await limits.complaints(pieces + Pieces.lookUps())
  for line in wrong { print(line) }
  Fixtures.end()
  exit(wrong.isEmpty ? 0 : 1)
default:
  print("| a translation | µs, median | least–most | allocations | ÷ strict pass |")
  print("|---|---|---|---|---|")
  for one in translations { try one.printTable(one.title.hasPrefix("pushy") ? .submit : .job) }
  print("\n| a piece | µs, median | least–most | allocations |")
  print("|---|---|---|---|")
  for piece in try Pieces.all(job) + Pieces.lookUps() { try await piece.printRow() }
  Fixtures.end()
}
