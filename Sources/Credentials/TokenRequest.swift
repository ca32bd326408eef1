import Wire

/// A request for a token: `POST /rbac-api/v1/auth/token`.
package struct TokenRequest: Sendable, Unspoken {
  /// Who asks.
  package var login: String
  var password: String
  /// Milliseconds; nil is the usual lifetime, 0 the longest.
  var lifetime: Int64?
  var label: String?

  /// Reads the body.
  ///
  /// - Throws: a fault of kind `invalid`, which names the field and repeats no value.
  package init(body: UnsafeRawBufferPointer) throws(CredentialFault) {
    let json: JSON
    do { json = try JSON(parsing: body, depth: 8, limit: 1 << 16) } catch {
      throw CredentialFault(
        .invalid, "The submitted data is not valid JSON.", word: "puppetlabs.rbac/malformed-request")
    }
    guard case .object = json else { throw Self.violation("The submitted data is not a JSON object.") }
    guard let login = json["login"]?.stringValue, !login.isEmpty else {
      throw Self.violation("'login' is required and has to be a string.")
    }
    guard let password = json["password"]?.stringValue else {
      throw Self.violation("'password' is required and has to be a string.")
    }
    self.login = login
    self.password = password
    switch json["lifetime"] {
    case nil, .null?: break
    case .string(let text)?, .number(let text)?:
      guard let value = Lifetime.milliseconds(text) else {
        throw Self.violation("'lifetime' is a number followed by y, d, h, m or s, or a number of seconds.")
      }
      lifetime = value
    default: throw Self.violation("'lifetime' has to be a string or a number.")
    }
    for name in ["description", "client"] {
      switch json[name] {
      case nil, .null?, .string?: break
      default: throw Self.violation("'\(name)' has to be a string.")
      }
    }
    label = try Self.label(json["label"])
  }

  private static func label(_ value: JSON?) throws(CredentialFault) -> String? {
    switch value {
    case nil, .null?: return nil
    case .string(let text)?:
      let isSpace: (Character) -> Bool = { $0.isWhitespace }
      let label = String(text.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
      guard !label.isEmpty, label.count <= 200, !label.contains(",") else {
        throw violation("'label' is 1 to 200 characters without a comma.")
      }
      return label
    default: throw violation("'label' has to be a string.")
    }
  }

  static func violation(_ text: String) -> CredentialFault {
    CredentialFault(.invalid, text, word: "puppetlabs.rbac/schema-violation")
  }
}
