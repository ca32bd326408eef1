import ArgumentParser
import Gateway
import Glibc
import Ledger

/// `dragoman ledger`.
struct LedgerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ledger",
    abstract: "Back up, check and measure the ledger, and settle what is in doubt.",
    discussion: """
      The ledger is the file ledger.sqlite in the data folder, and while a server runs also ledger.sqlite-wal beside it. \
      Copying these by hand while a server runs makes no backup; `dragoman ledger backup` does. To go back to a backup, stop \
      the server, put the backup in ledger.sqlite's place, remove ledger.sqlite-wal and ledger.sqlite-shm, and start it.
      """,
    subcommands: [
      LedgerBackupCommand.self, LedgerCheckCommand.self, LedgerSettleCommand.self, LedgerStatsCommand.self,
    ])
}

/// Which ledger is meant.
struct LedgerPlace: ParsableArguments {
  @Option(help: ArgumentHelp("The server's data folder; ./dragoman-data without --config.", valueName: "folder"))
  var data: String?
  @Option(help: ArgumentHelp("The server's configuration, which names the data folder.", valueName: "file"))
  var config: String?

  func validate() throws {
    if data != nil, config != nil {
      throw ValidationError("--data and --config name one thing twice; give one of them.")
    }
  }

  /// The file, which may also have been named itself.
  private func path(_ file: String?) throws -> String {
    if let file {
      guard data == nil, config == nil else {
        throw ValidationError("A file was named: --data and --config are too much.")
      }
      return file
    }
    return try (data ?? Loaded.load(config).configuration.data) + "/ledger.sqlite"
  }

  /// Does something with the ledger; says what is wrong, and exits with 1, when that fails.
  func look(_ file: String? = nil, _ work: (LedgerFile) throws -> Void) throws {
    var named = ""
    do {
      named = try path(file)
      guard access(named, F_OK) == 0 else {
        throw LedgerPlace.complaint(
          "dragoman: \(named): there is no ledger; name the data folder with --data, or the configuration with --config"
        )
      }
      try work(LedgerFile.open(path: named))
    } catch let fault as LedgerFault {
      throw LedgerPlace.complaint("dragoman: \(fault.explained(named))")
    } catch let fault as BackupFault {
      throw LedgerPlace.complaint("dragoman: \(fault.explained(named))")
    } catch let fault as StartFault {
      throw LedgerPlace.complaint("dragoman: \(fault)")
    } catch let code as ExitCode {
      throw code
    } catch let fault as ValidationError {
      throw fault
    } catch {
      throw LedgerPlace.complaint("\(error)")
    }
  }

  private static func complaint(_ text: String) -> ExitCode {
    Loading.complain(text)
    return ExitCode(1)
  }
}
