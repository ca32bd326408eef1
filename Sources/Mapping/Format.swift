import JobModel

/// How a value is spelt in a document. A format is one case in the reader's switch, one in the writer's, and a pair of
/// functions in Wire; a mapping may only use what stands here.
package enum Format: UInt8, CaseIterable, Sendable {
  /// A JSON string.
  case text
  /// A JSON number, digit for digit.
  case number
  /// A JSON number, its fraction cut off.
  case whole
  /// A number in a string.
  case numberText
  /// `true` or `false`.
  case bool
  /// Any JSON value, as it stood.
  case json
  /// A JSON object whose values are strings.
  case strings
  /// A JSON object whose values are no objects and no arrays.
  case flat
  /// An array of strings.
  case names
  /// A word of the table `phase`, `node` or `kind`, or of another table by its name.
  case word
  /// `2026-11-01T08:00:00Z`: RFC 3339, whole seconds.
  case iso8601
  /// The same with milliseconds, `2026-11-01T08:00:00.000Z`.
  case iso8601Millis
  /// `Sun, 06 Nov 1994 08:49:37 GMT`: RFC 1123.
  case rfc1123
  /// Seconds since 1970, a number.
  case epochSeconds
  /// Milliseconds since 1970, a number.
  case epochMillis
  /// A job's id: 32 hexadecimal digits in a string.
  case hex
  /// A job's id: a JSON number.
  case idNumber
  /// A job's id: decimal digits in a string.
  case idDigits
  /// A file in a string: `raw:` or `base64:` and its content.
  case inlineFile
  /// A string, or the first string of an array.
  case textOrFirst
  /// A text as one word of a shell, in a string between what the member says stands `before` and `after` it.
  case shellWord
  /// Names in one string, as `web,n[1-3]`.
  case hostList
  /// A number of seconds as whole minutes, rounded up.
  case minutes

  /// The name in mapping files.
  package var name: String {
    switch self {
    case .iso8601Millis: "iso8601-millis"
    case .numberText: "number-text"
    case .epochSeconds: "epoch-seconds"
    case .epochMillis: "epoch-millis"
    case .idNumber: "id-number"
    case .idDigits: "id-digits"
    case .inlineFile: "inline-file"
    case .textOrFirst: "text-or-first"
    case .shellWord: "shell-word"
    case .hostList: "host-list"
    default: "\(self)"
    }
  }

  /// Forms of hub fields it can spell.
  var forms: [Field.Form] {
    switch self {
    case .text, .hex, .idNumber, .idDigits, .inlineFile, .textOrFirst, .shellWord: [.text]
    case .number, .whole, .numberText, .minutes: [.number]
    case .bool: [.bool]
    case .json, .strings, .flat: [.json]
    case .names, .hostList: [.texts]
    case .word: [.word]
    case .iso8601, .iso8601Millis, .rfc1123, .epochSeconds, .epochMillis: [.time]
    }
  }

  /// Milliseconds that it cannot say; 1 when it says them all.
  package var resolution: Int64 {
    switch self {
    case .iso8601, .rfc1123, .epochSeconds: 1000
    default: 1
    }
  }
}
