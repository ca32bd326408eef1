import Foundation
import JobModel
import Mapping
import Wire

/// The dialects under test: the shipped mappings, or the same with a fault planted in one.
struct Dialects {
  var codecs: [String: Codec] = [:]

  static let shipped: Dialects = {
    do { return try Dialects(planting: nil) } catch { fatalError("\(error)") }
  }()

  /// The shipped mappings and those that come with them; in the one named, `old` is replaced by `new` wherever it stands.
  init(planting fault: (file: String, old: String, new: String)?) throws {
    let beside = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../mappings/more/slurm.yaml")
      .standardized
    let added = ("slurm.yaml", try String(contentsOf: beside, encoding: .utf8))
    for file in Shipped.files + [added] {
      var text = file.text
      if let fault, fault.file == file.name {
        guard text.contains(fault.old) else { throw Unplantable(text: fault.old) }
        text = replace(fault.old, by: fault.new, in: text)
      }
      let dialect = try DialectParser.parse(text, file: file.name)
      codecs[dialect.name] = Codec(dialect)
    }
  }

  /// There is nothing to plant a fault in.
  struct Unplantable: Error { var text: String }

  subscript(name: String) -> Codec {
    guard let codec = codecs[name] else { preconditionFailure("no dialect '\(name)'") }
    return codec
  }

  func side(_ name: String, _ profile: String? = nil) -> Translation.Side { .init(self[name], profile: profile) }

  /// A translation with what a gateway knows beside the document.
  func translation(_ from: Translation.Side, _ to: Translation.Side) -> Translation {
    Translation(from: from, to: to, context: [.publicURL: "https://gateway.example.com", .account: "site"])
  }

  /// Every dialect in every profile.
  static let spoken: [Spoken] = shipped.codecs.keys.sorted().flatMap { name in
    shipped[name].dialect.profiles.map { Spoken(dialect: name, profile: $0) }
  }
}

/// A dialect in a profile.
struct Spoken: CustomStringConvertible, Sendable {
  var dialect: String
  var profile: String
  var description: String { "\(dialect) \(profile)" }
}

func replace(_ old: String, by new: String, in text: String) -> String {
  var result = ""
  var rest = Substring(text)
  while let range = rest.firstRange(of: old) {
    result += rest[..<range.lowerBound] + new
    rest = rest[range.upperBound...]
  }
  return result + rest
}

extension Job {
  /// Reads a text; nil and nothing more, when the reader refuses it.
  static func read(_ text: String, with reader: Reader?) -> Job? {
    let job = Job()
    var copy = text
    do {
      guard let reader else { return nil }
      try copy.withUTF8 { try reader.read(UnsafeRawBufferPointer($0), into: job) }
      return job
    } catch { return nil }
  }
}

extension Writer {
  /// The document of a job; null if it is no JSON, which no test takes for right.
  func document(_ job: Job) -> JSON {
    let output = Output()
    write(job, to: output)
    return (try? JSON(parsing: output.written, duplicates: .refuse)) ?? .null
  }
}

func parsed(_ text: String) -> JSON { (try? JSON(parsing: text, duplicates: .refuse)) ?? .null }
