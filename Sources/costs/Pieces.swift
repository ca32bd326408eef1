import Credentials
import JobModel
import Mapping
import Phrasebook
import Wire

/// The pieces of a request beside the two translations: every plan, routes, phrases, callers, the ledger, HTTP/2.
enum Pieces {
  /// - Parameter job: an orchestrator's job, from which every other document is made.
  static func all(_ job: [UInt8]) throws -> [Piece] {
    try plans(job) + [route()] + [10, 10_000].map(phrase) + callers() + [exchange()]
  }

  /// Reading and writing a job in every dialect and profile.
  private static func plans(_ job: [UInt8]) throws -> [Piece] {
    let from = try PlanRun.codec("orchestrator")
    guard let reader = from.reader("job") else { return [] }
    var pieces: [Piece] = []
    for file in Shipped.files {
      let codec = Codec(try DialectParser.parse(file.text, file: file.name))
      for profile in codec.dialect.profiles {
        guard let writer = codec.writer("job", profile: profile), let own = codec.reader("job") else { continue }
        let (seen, output) = (Job(), Output())
        try job.withUnsafeBytes { try reader.read($0, into: seen) }
        seen.set(.publicURL, text: "https://gateway.example.com:8143")
        seen.set(.account, text: "site")
        writer.write(seen, to: output)
        let body = Array(output.written)
        let again = Job()
        let name = codec.dialect.profiles.count > 1 ? "\(codec.dialect.name)@\(profile)" : codec.dialect.name
        pieces.append(
          Piece("read \(name) job") {
            again.reset()
            try body.withUnsafeBytes { try own.read($0, into: again) }
            return again.filled.nonzeroBitCount
          })
        pieces.append(
          Piece("write \(name) job") {
            output.clear()
            writer.write(seen, to: output)
            return output.count
          })
      }
    }
    return pieces
  }

  private static func route() throws -> Piece {
    let routes = Routes(try PlanRun.codec("pushy").dialect)
    let path = Array("/organizations/acme/pushy/jobs/00000000000000000000000000002345".utf8)
    let method = Array("GET".utf8)
    return Piece("route match") {
      path.withUnsafeBytes { path in
        method.withUnsafeBytes { method in
          guard case .operation(let index, let found) = routes.match(method: method, path: path, Segments(path)) else {
            return 0
          }
          return index + found.job.utf8.count
        }
      }
    }
  }

  private static func phrase(_ count: Int) throws -> Piece {
    let phrases = try (0..<count).map { number in
      var phrase = Phrase()
      phrase.command = try pattern("run-etl-\(number) {day}")
      phrase.task = Phrase.Task(name: try pattern("etl_\(number)"), parameters: [("day", try pattern("{day}"))])
      return phrase
    }
    let book = Phrasebook(phrases: phrases)
    let intent = Phrasebook.Intent(kind: .command, name: "run-etl-\(count / 2) monday")
    return Piece("phrase match, one of \(count)") {
      guard case .task(let name, _)? = book.wording(of: intent, in: [.task]) else { throw Missing.phrase }
      return name.utf8.count
    }
  }

  private static func pattern(_ text: String) throws -> Pattern {
    guard let pattern = Pattern(text) else { throw Missing.phrase }
    return pattern
  }

  enum Missing: Error { case phrase, key }
}
