import Testing
import Wire

/// Reads `text` with a cursor; the memory is exactly as long as the text, so that the debug build notices an over-read.
func reading<Result>(
  _ text: [UInt8], from: Int = 0, depth: Int = 64, _ body: (inout Tokens, UnsafeRawBufferPointer) throws -> Result
) rethrows -> Result {
  try text.withUnsafeBytes { bytes in
    var tokens = Tokens(bytes, from: from, depth: depth)
    return try body(&tokens, bytes)
  }
}

func reading<Result>(
  _ text: String, from: Int = 0, depth: Int = 64, _ body: (inout Tokens) throws -> Result
) rethrows -> Result {
  try reading(Array(text.utf8), from: from, depth: depth) { tokens, _ in try body(&tokens) }
}

/// The fault of a text that is skipped to its end, if it has one.
func faultOfSkipping(_ text: [UInt8], depth: Int = 64) -> JSONFault? {
  reading(text, depth: depth) { tokens, _ in
    _ = tokens.skip()
    tokens.end()
    return tokens.fault
  }
}

/// The fault of a text that is read into a value, if it has one.
func faultOfParsing(_ text: [UInt8], depth: Int = 64, duplicates: JSON.Duplicates = .keep) -> JSONFault? {
  do {
    _ = try JSON(parsing: text, depth: depth, duplicates: duplicates)
    return nil
  } catch {
    return error
  }
}

/// What `body` writes, as text.
func written(_ body: (Output) throws -> Void) rethrows -> String {
  let output = Output(capacity: 64)
  try body(output)
  return String(decoding: output.written, as: UTF8.self)
}

/// Hands over the bytes of a text.
func bytes<Result>(of text: String, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
  try Array(text.utf8).withUnsafeBytes(body)
}

/// `#expect` for calls that change something, which the macro cannot take apart.
func expect<Value: Equatable>(_ value: Value, _ expected: Value, at place: SourceLocation = #_sourceLocation) {
  #expect(value == expected, sourceLocation: place)
}
