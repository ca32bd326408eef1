/// Whether text can stand in a JSON string as it is: nothing in it has to be escaped (RFC 8259 §7).
func isPlainJSON(_ bytes: UnsafeRawBufferPointer) -> Bool {
  let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
  var at = 0
  while at &+ 8 <= bytes.count {
    let word = bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    let (quotes, backslashes) = (word ^ (ones &* 0x22), word ^ (ones &* 0x5C))
    let quote = (quotes &- ones) & ~quotes
    let backslash = (backslashes &- ones) & ~backslashes
    let control = (word &- ones &* 0x20) & ~word
    if (quote | backslash | control) & highs != 0 { return false }
    at &+= 8
  }
  while at < bytes.count {
    if bytes[at] < 0x20 || bytes[at] == 0x22 || bytes[at] == 0x5C { return false }
    at &+= 1
  }
  return true
}

/// JSON's escapes (RFC 8259 §7), for texts that enter or leave the hub as Swift strings.
func escapedForJSON(_ text: String) -> [UInt8] {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count)
  for byte in text.utf8 {
    switch byte {
    case 0x22: bytes += [0x5C, 0x22]
    case 0x5C: bytes += [0x5C, 0x5C]
    case 0x0A: bytes += [0x5C, 0x6E]
    case 0x0D: bytes += [0x5C, 0x72]
    case 0x09: bytes += [0x5C, 0x74]
    case 0x08: bytes += [0x5C, 0x62]
    case 0x0C: bytes += [0x5C, 0x66]
    case 0..<0x20:
      bytes += [0x5C, 0x75, 0x30, 0x30, hexDigit(byte >> 4), hexDigit(byte & 15)]
    default: bytes.append(byte)
    }
  }
  return bytes
}

/// The characters of a valid JSON string's content.
func unescapedJSON(_ raw: UnsafeRawBufferPointer) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(raw.count)
  var at = 0
  while at < raw.count {
    guard raw[at] == 0x5C, at + 1 < raw.count else {
      bytes.append(raw[at])
      at += 1
      continue
    }
    let kind = raw[at + 1]
    at += 2
    switch kind {
    case 0x6E: bytes.append(0x0A)
    case 0x72: bytes.append(0x0D)
    case 0x74: bytes.append(0x09)
    case 0x62: bytes.append(0x08)
    case 0x66: bytes.append(0x0C)
    case 0x75:
      var code = hexValue(raw, at)
      at += 4
      if code >= 0xD800, code < 0xDC00, at + 6 <= raw.count {
        code = 0x10000 + (code - 0xD800) << 10 + (hexValue(raw, at + 2) &- 0xDC00)
        at += 6
      }
      if let scalar = Unicode.Scalar(code) { bytes += Array(String(Character(scalar)).utf8) }
    default: bytes.append(kind)
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

private func hexDigit(_ nibble: UInt8) -> UInt8 { nibble < 10 ? 0x30 + nibble : 0x61 + nibble - 10 }

private func hexValue(_ raw: UnsafeRawBufferPointer, _ start: Int) -> UInt32 {
  guard start + 4 <= raw.count else { return 0xFFFD }
  var value: UInt32 = 0
  for at in start..<start + 4 {
    let digit: UInt32
    switch raw[at] {
    case 0x30...0x39: digit = UInt32(raw[at] - 0x30)
    case 0x61...0x66: digit = UInt32(raw[at] - 0x61 + 10)
    default: digit = UInt32((raw[at] | 0x20) &- 0x61 &+ 10) & 15
    }
    value = value << 4 | digit
  }
  return value
}
