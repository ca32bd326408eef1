import Wire

/// The strict cursor and the reader of values: they agree, and what was read is read again the same.
final class JSONTarget: Target {
  func take(_ bytes: UnsafeRawBufferPointer) {
    var tokens = Tokens(bytes)
    _ = tokens.skip()
    tokens.end()
    guard let value = try? JSON(parsing: bytes) else {
      // The reader alone refuses names that come twice.
      return must(
        tokens.fault != nil || (try? JSON(parsing: bytes, duplicates: .lastWins)) != nil, "only one refuses it")
    }
    must(tokens.fault == nil, "only the cursor refuses it")
    let text = value.compact
    let again = try? JSON(parsing: Array(text.utf8))
    must(again?.compact == text, "what was written is read as something else")
  }

  func seeds() -> [[UInt8]] {
    let texts = [
      #"{"a":[1,-2.5e+10,"x\u00e9\ud83d\ude00\n",null,true,false,{}],"b":{"c":[]}}"#, "[[[[[[[[]]]]]]]]",
      #""\\\/\b\f\r\t""#,
      "1E400", " [ 0.000 , -0 ] ", #"{"id":"1","id":"2"}"#, "{\"ключ\":\"значение\"}",
    ]
    return texts.map { Array($0.utf8) }
  }
}
