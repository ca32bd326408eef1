/// One attribute of a name as text (RFC 4514 §2.3, §2.4).
enum AttributeText {
  /// The short name of an attribute's type; its numbers where it has none.
  static func name(of type: UnsafeRawBufferPointer) -> String {
    let numbers = identifier(type)
    return names[numbers] ?? numbers
  }

  private static let names = [
    "2.5.4.3": "CN", "2.5.4.5": "serialNumber", "2.5.4.6": "C", "2.5.4.7": "L", "2.5.4.8": "ST", "2.5.4.9": "STREET",
    "2.5.4.10": "O", "2.5.4.11": "OU", "0.9.2342.19200300.100.1.1": "UID", "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "emailAddress",
  ]

  /// The dotted numbers of an object identifier (X.690 §8.19).
  private static func identifier(_ bytes: UnsafeRawBufferPointer) -> String {
    var numbers: [UInt] = []
    var number: UInt = 0
    for byte in bytes {
      number = number << 7 | UInt(byte & 0x7f)
      guard byte & 0x80 == 0 else { continue }
      if numbers.isEmpty {
        let first = min(number / 40, 2)
        numbers = [first, number - first * 40]
      } else {
        numbers.append(number)
      }
      number = 0
    }
    return numbers.map(String.init).joined(separator: ".")
  }

  /// The text of a value; nil when it is no kind of text.
  static func value(_ element: DERReader.Element) -> String? {
    let bytes = element.content
    switch element.tag {
    case 0x0c: return String(validating: bytes, as: UTF8.self)
    // NumericString, PrintableString, IA5String, VisibleString.
    case 0x12, 0x13, 0x16, 0x1a: return bytes.allSatisfy { $0 < 128 } ? String(decoding: bytes, as: UTF8.self) : nil
    // TeletexString, which everybody fills with Latin-1.
    case 0x14: return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    // BMPString.
    case 0x1e:
      guard bytes.count.isMultiple(of: 2) else { return nil }
      let units = stride(from: 0, to: bytes.count, by: 2).map { UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]) }
      return String(validating: units, as: UTF16.self)
    default: return nil
    }
  }

  /// With a backslash before what has a meaning of its own, and without control characters.
  static func escaped(_ text: String) -> String {
    var result = ""
    let last = text.unicodeScalars.count - 1
    for (index, scalar) in text.unicodeScalars.enumerated() {
      switch scalar {
      case "\"", "+", ",", ";", "<", ">", "\\": result += "\\"
      case " " where index == 0 || index == last: result += "\\"
      case "#" where index == 0: result += "\\"
      case _ where scalar.value < 32 || scalar.value == 127:
        result += "\\" + [UInt8(scalar.value)].withUnsafeBytes(hexadecimal)
        continue
      default: break
      }
      result.unicodeScalars.append(scalar)
    }
    return result
  }

  /// Two upper-case digits for each byte.
  static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
