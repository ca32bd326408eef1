import ArgumentParser
import Runner

/// What `serve` starts beside itself; of no use to people, and not shown to them.
struct GuardianCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guardian", abstract: "Ends the runner's processes when the gateway is gone.", shouldDisplay: false)

  func run() { Guardian.stand() }
}
