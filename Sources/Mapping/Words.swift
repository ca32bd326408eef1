import JobModel
import YAMLFile

/// The words of one dialect for one enumeration of the hub: a job's phases, a node's phases, kinds of work.
package struct Words: Sendable, Equatable {
  /// What the words stand for; `flag`: false and true.
  package enum Of: String, Sendable, CaseIterable { case phase, node, kind, event, flag }

  package var name: String
  package var of: Of
  /// The word written for each raw value of the enumeration; empty where there is none.
  package var written: [String]
  /// Whether the word is read back as something else: `~word`.
  package var approximate: [Bool]
  /// Every word that is read, and the raw value it stands for. The first of a value is the one it is written with.
  package var read: [(word: String, value: UInt8)]

  package static func == (left: Words, right: Words) -> Bool {
    left.name == right.name && left.written == right.written && left.approximate == right.approximate
      && left.read.map(\.word) == right.read.map(\.word) && left.read.map(\.value) == right.read.map(\.value)
  }

  /// What the words of `of` stand for, by raw value.
  package static func values(_ of: Of) -> [String] {
    switch of {
    case .phase: Phase.allCases.map(\.name)
    case .node: NodePhase.allCases.map(\.name)
    case .kind: WorkKind.allCases.map(\.name)
    case .event: EventKind.allCases.map(\.name)
    case .flag: ["false", "true"]
    }
  }

  init(name: String, of: Of) {
    self.name = name
    self.of = of
    let count = Words.values(of).count
    written = Array(repeating: "", count: count)
    approximate = Array(repeating: false, count: count)
    read = []
  }

  /// The raw value of a word; nil when nobody knows it.
  package func value(of word: String) -> UInt8? { read.first { $0.word == word }?.value }

  /// Reads a table; complains about values nobody knows, words given twice, and values without a word.
  init(_ spec: Spec, name: String, of: Of, complete: Bool = true) {
    self.init(name: name, of: of)
    let values = Words.values(of)
    for entry in spec.entries("words") {
      guard let value = values.firstIndex(of: entry.key) else {
        let hint = suggestion(for: entry.key, among: values)
        spec.report.add(entry.mark, "'\(entry.key)' is none of the values of '\(name)': \(hint)")
        continue
      }
      take(entry.value, value: UInt8(value))
    }
    guard complete else { return }
    // An event nobody knows has no word of its own: it is kept with the word it came with.
    let needed = values.indices.filter { of != .event || $0 != Int(EventKind.unknown.rawValue) }
    let missing = needed.filter { written[$0].isEmpty }.map { values[$0] }
    if !missing.isEmpty {
      spec.complain("words '\(name)' has no word for \(missing.joined(separator: ", "))")
    }
    for value in values.indices where approximate[value] && self.value(of: written[value]) == nil {
      spec.complain("'~\(written[value])' for \(values[value]): nothing is read from the word '\(written[value])'")
    }
  }

  private mutating func take(_ spec: Spec, value: UInt8) {
    for (index, word) in spec.texts("a word").enumerated() {
      let isApproximate = word.hasPrefix("~")
      let bare = isApproximate ? String(word.dropFirst()) : word
      if bare.isEmpty { spec.complain("a word must not be empty") }
      if index == 0 {
        written[Int(value)] = bare
        approximate[Int(value)] = isApproximate
      }
      if isApproximate { continue }
      if let other = self.value(of: bare), other != value {
        spec.complain(
          "'\(bare)' already stands for \(Words.values(of)[Int(other)]); write '~\(bare)' if it is only written")
      }
      read.append((bare, value))
    }
  }

  /// The words of a profile: what it overrides is written its way; every word is read in every profile.
  func overridden(by other: Words) -> Words {
    var result = self
    for value in other.written.indices where !other.written[value].isEmpty {
      result.written[value] = other.written[value]
      result.approximate[value] = other.approximate[value]
    }
    for pair in other.read where result.value(of: pair.word) == nil { result.read.append(pair) }
    return result
  }
}
