import ArgumentParser
import Gateway
import Mapping

/// `dragoman explain`.
struct Explain: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a translation between two dialects keeps and what it loses.",
    discussion: "The table is computed from the two mappings: the worst case. One document may lose less, never more.")

  @Argument(help: "The dialect that is read, DIALECT or DIALECT@PROFILE.")
  var from: String
  @Argument(help: "The dialect that is written, DIALECT or DIALECT@PROFILE.")
  var to: String
  @Flag(help: "As JSON.")
  var json = false
  @Option(help: ArgumentHelp("A folder of mapping files beside those built in.", valueName: "folder"))
  var mappings: String?
  @Option(help: ArgumentHelp("Also show which of a site's phrases serve the pair.", valueName: "file"))
  var config: String?

  func run() throws {
    do {
      let loaded = try config.map { try Loaded.load($0) }
      let dialects = try loaded?.dialects ?? Mappings.load(folder: mappings)
      let fidelity = Fidelity(from: try Loading.side(from, dialects), to: try Loading.side(to, dialects))
      print(json ? fidelity.json : fidelity.text)
      if let loaded, !json {
        let table = PhraseTable(loaded.configuration.phrasebook)
        print(table.text(from: try Loading.side(from, dialects).codec, to: try Loading.side(to, dialects).codec))
      }
    } catch let fault as StartFault {
      Loading.complain("dragoman: \(fault)")
      throw ExitCode(1)
    }
  }
}
