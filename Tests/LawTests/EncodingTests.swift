import JobModel
import Mapping
import Testing
import Wire

/// Law 1 for requests: the four encodings of an xplenty run have one normal form.
struct EncodingLaw {
  /// The four spellings of a request; a fault can be planted in one.
  var spell: (JSON) -> [String?] = { [$0.compact, wrapped($0), form($0, prefix: nil), form($0, prefix: "job")] }

  static func wrapped(_ request: JSON) -> String? { JSON.object([JSON.Member("job", request)]).compact }

  /// As a form: names with brackets, everything but the plainest letters as %XX.
  static func form(_ request: JSON, prefix: String?) -> String? {
    var pairs: [String] = []
    func add(_ name: String, _ value: JSON) {
      for member in value.members ?? [] { add("\(name)[\(member.name)]", member.value) }
      if let text = value.stringValue ?? value.digits { pairs.append(encoded(name) + "=" + encoded(text)) }
    }
    for member in request.members ?? [] { add(prefix.map { "\($0)[\(member.name)]" } ?? member.name, member.value) }
    let output = Output()
    var text = pairs.joined(separator: "&")
    do { try text.withUTF8 { try Form.json(from: UnsafeRawBufferPointer($0), into: output) } } catch { return nil }
    return String(decoding: output.written, as: UTF8.self)
  }

  private static func encoded(_ text: String) -> String {
    text.utf8.map { byte in
      let isPlain = (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
      let hex = String(byte, radix: 16)
      return isPlain ? String(decoding: [byte], as: UTF8.self) : "%" + (hex.count < 2 ? "0" : "") + hex
    }.joined()
  }

  func check(_ request: JSON) -> String? {
    let codec = Dialects.shipped["xplenty"]
    var first: String?
    for text in spell(request) {
      guard let text, let job = Job.read(text, with: codec.reader("submit")) else { return "refused: \(text ?? "")" }
      let hub = [Field.kind, .cluster, .package, .variables, .dynamicVariables].map { "\($0): \(job.shown($0))" }
        .joined(separator: ", ")
      if let first, first != hub { return "\(text) is read as \(hub), not \(first)" }
      first = hub
    }
    return nil
  }
}

@Suite("Law 1: the four encodings of an xplenty run are one request")
struct EncodingTests {
  private func make(_ dice: inout Dice) -> JSON {
    var variables: [JSON.Member] = []
    for number in 0..<dice.below(4) {
      let name = dice.pick(["A", "day", "_x", "é"]) + "\(number)"
      variables.append(JSON.Member(name, .string(dice.text())))
    }
    var members = [
      JSON.Member("cluster_id", .number("\(dice.below(1 << 50))")),
      JSON.Member("package_id", .number("\(dice.below(99))")),
    ]
    if !variables.isEmpty { members.append(JSON.Member("variables", .object(variables))) }
    members.shuffle(using: &dice)
    return .object(members)
  }

  @Test func oneHub() {
    #expect(firstBreach(from: 61, of: { make(&$0) }) { EncodingLaw().check($0) } == nil)
  }

  @Test func aFormThatDropsAVariableIsFound() {
    let law = EncodingLaw(spell: {
      [$0.compact, EncodingLaw.form(JSON.object(($0.members ?? []).dropLast()), prefix: nil)]
    })
    #expect(firstBreach(100, from: 62, of: { make(&$0) }) { law.check($0) } != nil)
  }
}
