import ArgumentParser
import Gateway
import Transport

/// `dragoman ledger settle`.
struct LedgerSettleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settle",
    abstract: "Say what became of a submit that is in doubt.",
    discussion: """
      A submit is in doubt when its connection broke at such a moment that nobody knows whether the platform has the job. \
      The gateway looks for it by its mark; what it cannot find, or not tell apart, is listed at the admin door's \
      /jobs-in-doubt. Look for the job on the platform yourself, then name it with --as, or say --never-there. The server \
      has to be running: it is asked through its admin door.
      """)

  @Option(help: ArgumentHelp("The server's configuration, which names the admin door.", valueName: "file"))
  var config: String?
  @Option(name: .customLong("as"), help: ArgumentHelp("The job's id on the platform.", valueName: "id"))
  var id: String?
  @Flag(help: "The platform never had the job: it reads rejected.")
  var neverThere = false
  @Argument(help: "The job's number, as /jobs-in-doubt has it.")
  var job: Int64

  func validate() throws {
    guard (id != nil) != neverThere else { throw ValidationError("Say either --as ID or --never-there.") }
    if id?.isEmpty ?? false { throw ValidationError("An id is not empty.") }
  }

  func run() async throws {
    let address: Address
    do {
      guard let admin = try Loaded.load(config).configuration.admin else {
        throw StartFault.configuration("without an admin door in the configuration the server cannot be asked")
      }
      address = admin
    } catch {
      Loading.complain("\(error)")
      throw ExitCode(1)
    }
    let server = Server(loops: 1)
    try await server.apply([])
    guard let loop = server.loops.first else { throw ExitCode(1) }
    let messenger = Messenger(
      UpstreamSettings(endpoints: [.init(host: address.host, port: address.port)]), on: loop)
    let answer = await messenger.call(.init("POST", "/jobs-in-doubt/\(job)", body: Array((id ?? "").utf8)))
    await server.drain(deadline: .zero)
    switch answer {
    case .success(let answer) where answer.status == 200:
      print(String(decoding: answer.body, as: UTF8.self), terminator: "")
    case .success(let answer):
      Loading.complain("dragoman: " + String(decoding: answer.body, as: UTF8.self).filter { $0 != "\n" })
      throw ExitCode(1)
    case .failure:
      Loading.complain("dragoman: no server answers at \(address); start it, and settle then")
      throw ExitCode(1)
    }
  }
}
