import ArgumentParser
import Glibc
import Ledger

/// `dragoman ledger backup`.
struct LedgerBackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the ledger as it stands at one moment.",
    discussion: """
      The copy is one file, readable by its owner only: it holds all that jobs' documents hold. It is made under another \
      name, synced, checked, and nothing is ever overwritten. Captured outputs are files of their own in the data folder.
      """)

  @OptionGroup var place: LedgerPlace
  @Flag(help: "Do not check the copy.")
  var unchecked = false
  @Argument(help: "The file to make.")
  var destination: String

  func run() throws {
    try place.look { file in
      try file.backup(to: destination) { done, all in show("\r\(done) of \(all) pages") }
      show("\r\u{1B}[K")
      let copy = try LedgerFile.open(path: destination)
      let stats = try copy.stats()
      print("\(destination): \(stats.jobs) jobs, \(stats.size.pages * stats.size.pageSize) bytes")
      if !unchecked { try LedgerCheckCommand.report(try copy.check(), destination) }
    }
  }

  /// Progress is for people who watch.
  private func show(_ text: String) {
    guard isatty(2) == 1 else { return }
    var text = text
    text.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }
}
