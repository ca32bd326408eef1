import ArgumentParser
import Gateway
import JobModel
import Mapping

/// `dragoman translate`.
struct Translate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Translate one document from one dialect to another.",
    discussion: """
      Reads a file or standard input, writes the translation to standard output, and a line for everything that was lost \
      to standard error: FIELD: DISPOSITION, WHY.

      Example:  dragoman translate --from pushy --to orchestrator job.json
                dragoman translate --from pushy@server-2 --to canonical --what jobs < jobs.json
      """)

  @Option(help: ArgumentHelp("The dialect to read, DIALECT or DIALECT@PROFILE.", valueName: "dialect"))
  var from: String
  @Option(help: ArgumentHelp("The dialect to write, DIALECT or DIALECT@PROFILE.", valueName: "dialect"))
  var to: String
  @Option(help: "What the document is: job, jobs, submit, nodes, events or fault.")
  var what = "job"
  @Flag(help: "Exit with 3 when something was lost.")
  var strict = false
  @Option(help: ArgumentHelp("The gateway's address in the links that are written.", valueName: "url"))
  var publicURL = "http://127.0.0.1:8080"
  @Option(help: ArgumentHelp("The organization or account in the links that are written.", valueName: "name"))
  var account = "ORG"
  @Option(help: ArgumentHelp("A folder of mapping files beside those built in.", valueName: "folder"))
  var mappings: String?
  @Argument(help: "The document; standard input when it is left out.")
  var file: String?

  func run() throws {
    do {
      try translate()
    } catch let fault as Fault {
      let place = fault.field.map { " (\($0))" } ?? ""
      Loading.complain("\(file ?? "standard input"): \(fault.text)\(place)")
      throw ExitCode(1)
    } catch let fault as StartFault {
      Loading.complain("dragoman: \(fault)")
      throw ExitCode(1)
    }
  }

  private func translate() throws {
    let dialects = try Mappings.load(folder: mappings)
    let body = try file.map { Array(try Disk.text($0).utf8) } ?? Loading.input()
    var translation = Translation(
      from: try Loading.side(from, dialects), to: try Loading.side(to, dialects),
      context: [.publicURL: publicURL, .account: account])
    if what == "submit" {
      let phrasebook = try Loaded.load(nil).configuration.phrasebook
      let kinds = translation.to.codec.kinds
      translation.rephrase = { try Rephrasing(phrasebook).rephrase($0, into: kinds) }
    }
    let written = try translation.translate(String(decoding: body, as: UTF8.self), what: what)
    print(written.text)
    for loss in written.losses { Loading.complain(loss.line) }
    if strict, !written.losses.isEmpty { throw ExitCode(3) }
  }
}
