/// What a line says of where its request went that is the same for all requests of an operation: written once, when the
/// configuration is read, and copied.
package final class AccessRoute: Sendable {
  let members: [UInt8]

  /// A route. What is empty is left out.
  package init(dialect: String, profile: String = "", operation: String = "") {
    let line = Line()
    line.write { text in
      text.member(",\"dialect\":", dialect)
      text.member(",\"profile\":", profile)
      text.member(",\"operation\":", operation)
    }
    members = Array(line.bytes)
  }
}
