/// What a line says of where its request went that is the same for all requests of an operation, or for all in which one
/// caller asks for one job: written once, and copied.
package final class AccessRoute: Sendable {
  let members: [UInt8]

  /// A route. What is empty is left out.
  package init(
    dialect: String, profile: String = "", operation: String = "", principal: String = "", backend: String = "",
    job: Int64? = nil, losses: AccessLosses? = nil
  ) {
    let line = Line()
    line.write { text in
      text.member(",\"dialect\":", dialect)
      text.member(",\"profile\":", profile)
      text.member(",\"operation\":", operation)
      text.what(principal: principal, backend: backend, job: job, losses)
    }
    members = Array(line.bytes)
  }
}
