import ArgumentParser
import Runner
import Transport

/// What `serve` starts beside itself; of no use to people, and not shown to them.
struct GuardianCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "guardian", abstract: "Ends the runner's processes when the gateway is gone.", shouldDisplay: false)

  /// All but a few pages of the program was needed to get here, and is not any more.
  func run() {
    Memory.giveBack()
    Guardian.stand()
  }
}
