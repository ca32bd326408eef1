/// Whom a certificate speaks of (RFC 5280 §4.1.2.6), read from its DER form.
struct CertificateNames {
  /// The whole name in the form of RFC 4514, the most specific part first: `CN=node1,O=Example`.
  private(set) var subject = ""

  /// The common name; nil when there is none, and when there are several and nobody could say which counts.
  private(set) var commonName: String?

  /// The serial number in hexadecimal digits.
  private(set) var serial = ""

  /// Reads a certificate; what is no certificate gives empty names.
  init(der: [UInt8]) { der.withUnsafeBytes { read($0) } }

  private mutating func read(_ bytes: UnsafeRawBufferPointer) {
    var outer = DERReader(bytes)
    guard let certificate = outer.next(DERReader.Tag.sequence) else { return }
    var body = DERReader(certificate.content)
    guard let signed = body.next(DERReader.Tag.sequence) else { return }
    var fields = DERReader(signed.content)
    _ = fields.next(DERReader.Tag.version)
    guard let number = fields.next(DERReader.Tag.integer) else { return }
    serial = AttributeText.hexadecimal(number.content)
    // Signature algorithm, issuer, validity, subject.
    for _ in 0..<3 { guard fields.next(DERReader.Tag.sequence) != nil else { return } }
    guard let name = fields.next(DERReader.Tag.sequence) else { return }
    read(name: name.content)
  }

  private mutating func read(name: UnsafeRawBufferPointer) {
    var parts: [String] = []
    var commonNames: [String] = []
    var sets = DERReader(name)
    while let set = sets.next(DERReader.Tag.set) {
      var pairs: [String] = []
      var attributes = DERReader(set.content)
      while let attribute = attributes.next(DERReader.Tag.sequence) {
        var inner = DERReader(attribute.content)
        guard let type = inner.next(DERReader.Tag.objectIdentifier), let value = inner.next() else { continue }
        let key = AttributeText.name(of: type.content)
        let text = AttributeText.value(value)
        if key == "CN" { commonNames.append(text ?? "") }
        let isNamed = key.utf8.first.map { $0 > 57 } ?? false
        let shown = isNamed ? text.map(AttributeText.escaped) : nil
        pairs.append("\(key)=\(shown ?? "#" + AttributeText.hexadecimal(value.whole))")
      }
      parts.append(pairs.joined(separator: "+"))
    }
    subject = parts.reversed().joined(separator: ",")
    commonName = commonNames.count == 1 && commonNames[0] != "" ? commonNames[0] : nil
  }
}
