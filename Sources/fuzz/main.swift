// Feeds the readers of hostile input what libFuzzer thinks of. Built and run by deploy/fuzz.
// Usage: FUZZ_TARGET=json|form|plans|session fuzz FOLDER [options of libFuzzer]
//        FUZZ_TARGET=json|form|plans|session fuzz --seeds FOLDER
import CFuzzer
import Foundation

let targets: [String: any Target.Type] = [
  "json": JSONTarget.self, "form": FormTarget.self, "plans": PlanTarget.self, "session": SessionTarget.self,
]

// Not an argument: libFuzzer starts itself again with those that it knows.
guard let chosen = targets[ProcessInfo.processInfo.environment["FUZZ_TARGET"] ?? ""] else {
  fatalError("FUZZ_TARGET must be one of \(targets.keys.sorted().joined(separator: ", "))")
}

if CommandLine.arguments.dropFirst().first == "--seeds" {
  let folder = URL(fileURLWithPath: CommandLine.arguments[2])
  for (index, seed) in try chosen.init().seeds().enumerated() {
    try Data(seed).write(to: folder.appendingPathComponent("seed-\(index)"))
  }
} else {
  Running.target = try chosen.init()
  var count = CommandLine.argc
  var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
  exit(
    LLVMFuzzerRunDriver(&count, &arguments) { data, size in
      Running.target?.take(UnsafeRawBufferPointer(start: data, count: size))
      return 0
    })
}
