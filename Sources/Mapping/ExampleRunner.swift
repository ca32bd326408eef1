import JobModel
import Wire

/// Runs examples: text in, results out. The commands are `translate`, `fault`, `recognise`, `route` and `about`.
package struct ExampleRunner {
  private let codecs: [String: Codec]
  private let context: [Field: String]

  /// What examples are told about the gateway they run in.
  package static let place: [Field: String] = [.publicURL: "https://gateway.example.com", .account: "acme"]

  /// A runner for some dialects, by name.
  package init(codecs: [String: Codec], context: [Field: String] = ExampleRunner.place) {
    self.codecs = codecs
    self.context = context
  }

  /// The examples of some files, not yet run.
  package static func examples(in files: [(name: String, text: String)]) -> [Example] {
    files.flatMap { ExampleParser.examples($0.text, file: $0.name) }
  }

  /// Runs every example of some files, in their order.
  package func run(_ files: [(name: String, text: String)]) -> [ExampleResult] {
    ExampleRunner.examples(in: files).map(run)
  }

  /// Runs one example.
  package func run(_ example: Example) -> ExampleResult {
    let printed: Printed
    let words = example.words
    switch words.first {
    case "translate"?: printed = translate(words, example.input)
    case "fault"?: printed = fault(words)
    case "recognise"?: printed = recognise(words, example.input)
    case "route"?: printed = route(words)
    case "about"?: printed = about(words)
    default: printed = .failed("a command is one of translate, fault, recognise, route, about")
    }
    var differences =
      printed.isJSON ? differences(json: example.expected, printed.text) : differences(example.expected, printed.text)
    differences += missing(example.errors, printed.errors)
    if example.exit != printed.exit { differences.append("expected exit code \(example.exit), got \(printed.exit)") }
    return ExampleResult(example: example, differences: differences)
  }

  /// What a command prints.
  private struct Printed {
    var text = ""
    var isJSON = false
    var errors: [String] = []
    var exit = 0

    static func failed(_ text: String) -> Printed { Printed(errors: [text], exit: 2) }
  }

  private func translate(_ words: [String], _ input: String) -> Printed {
    var options: [String: String] = ["--what": "job"]
    var isStrict = false
    var at = 1
    while at < words.count {
      if words[at] == "--strict" {
        isStrict = true
        at += 1
      } else if ["--from", "--to", "--what", "--as"].contains(words[at]), at + 1 < words.count {
        options[words[at]] = words[at + 1]
        at += 2
      } else {
        return .failed("'\(words[at])' is no option of translate")
      }
    }
    guard let from = options["--from"].flatMap(side), let to = options["--to"].flatMap(side) else {
      return .failed("translate needs --from and --to, each a dialect or DIALECT@PROFILE")
    }
    do {
      let translation = Translation(from: from, to: to, context: context)
      let written = try translation.translate(input, what: options["--what"] ?? "", as: options["--as"])
      let exit = isStrict && written.losses.contains { $0.disposition.isLoss } ? 3 : 0
      return Printed(text: written.text, isJSON: true, errors: written.losses.map(\.line), exit: exit)
    } catch let fault as Fault {
      return Printed(errors: [fault.line], exit: 1)
    } catch {
      return Printed(errors: ["\(error)"], exit: 1)
    }
  }

  private func side(_ name: String) -> Translation.Side? {
    let parts = name.split(separator: "@").map(String.init)
    guard let codec = parts.first.flatMap({ codecs[$0] }) else { return nil }
    if let profile = parts.dropFirst().first, !codec.dialect.profiles.contains(profile) { return nil }
    return Translation.Side(codec, profile: parts.dropFirst().first)
  }

  /// `fault DIALECT KIND [/FIELD] [TEXT]`
  private func fault(_ words: [String]) -> Printed {
    guard words.count > 2, let dialect = codecs[words[1]]?.dialect, let kind = Fault.Kind(rawValue: words[2]) else {
      return .failed("fault needs a dialect and a kind of fault")
    }
    let field = words.dropFirst(3).first.flatMap { $0.hasPrefix("/") ? $0 : nil }
    let text = words.dropFirst(field == nil ? 3 : 4).joined(separator: " ")
    let answer = dialect.answer(Fault(kind, text, field: field), allowed: ["POST", "GET"])
    var lines = ["\(answer.status) \(answer.headers.first { $0.name == "content-type" }?.value ?? "")"]
    lines += answer.headers.filter { $0.name != "content-type" }.map { "\($0.name): \($0.value)" }
    return Printed(text: (lines + ["", answer.body]).joined(separator: "\n"))
  }

  /// `recognise DIALECT OPERATION STATUS`, and the body that came with it
  private func recognise(_ words: [String], _ input: String) -> Printed {
    guard words.count == 4, let codec = codecs[words[1]], let operation = Operation.Kind(rawValue: words[2]),
      let status = Int(words[3])
    else { return .failed("recognise needs a dialect, an operation and a status") }
    var body = input
    let fault = body.withUTF8 {
      codec.dialect.fault(status: status, body: UnsafeRawBufferPointer($0), during: operation, codec: codec)
    }
    return Printed(text: "\(fault.kind.rawValue): \(fault.text)")
  }

  /// `route DIALECT METHOD PATH [HEADER: VALUE]`
  private func route(_ words: [String]) -> Printed {
    guard words.count > 3, let codec = codecs[words[1]] else {
      return .failed("route needs a dialect, a method and a path")
    }
    let header = words.count > 4 ? words[4].dropLast().lowercased() : ""
    let value = words.dropFirst(5).joined(separator: " ")
    let profile = Array(value.utf8).withUnsafeBytes { value in codec.dialect.profile { $0 == header ? value : nil } }
    return Printed(text: codec.dialect.found(method: words[2], path: words[3], profile: profile, ids: JobIDs()))
  }

  private func about(_ words: [String]) -> Printed {
    guard let codec = words.dropFirst().first.flatMap({ codecs[$0] }) else { return .failed("about needs a dialect") }
    return Printed(text: codec.dialect.summary)
  }

  // MARK: - Differences

  private func differences(json expected: String, _ got: String) -> [String] {
    guard let right = try? JSON(parsing: got) else { return ["what was printed is no JSON: \(got)"] }
    do { return right.differences(from: try JSON(parsing: expected)) } catch {
      let place = error.position(in: expected.utf8)
      return [
        "what is expected is no JSON (line \(place.line), column \(place.column): \(error.kind.words)); got \(got)"
      ]
    }
  }

  private func differences(_ expected: String, _ got: String) -> [String] {
    if expected == got { return [] }
    let left = expected.split(separator: "\n", omittingEmptySubsequences: false)
    let right = got.split(separator: "\n", omittingEmptySubsequences: false)
    return (0..<max(left.count, right.count)).flatMap { index -> [String] in
      let wanted = index < left.count ? "\(left[index])" : nil
      let found = index < right.count ? "\(right[index])" : nil
      return wanted == found ? [] : ["expected  \(wanted ?? "(nothing)")", "got       \(found ?? "(nothing)")"]
    }
  }

  private func missing(_ expected: [String], _ got: [String]) -> [String] {
    if expected == got { return [] }
    let silent = expected.filter { !got.contains($0) }.map { "not said     2> \($0)" }
    let unexpected = got.filter { !expected.contains($0) }.map { "not expected 2> \($0)" }
    return silent.isEmpty && unexpected.isEmpty
      ? ["the lines on the side came as: " + got.joined(separator: " | ")] : silent + unexpected
  }
}
