/// What a line says of where its request went that is the same for all requests of an operation, or for all in which one
/// caller asks for one job: written once, and copied.
///
/// `@unchecked`: its bytes are written before anybody has it, and live as long as it does.
package final class AccessRoute: @unchecked Sendable {
  /// In memory of its own, because lending an array's bytes counts the array.
  let members: UnsafeRawBufferPointer
  /// The same of the request itself, where it is the same each time, word for word.
  let request: UnsafeRawBufferPointer?

  /// The request's own members need not be in the record.
  package var tellsRequest: Bool { request != nil }

  /// A route. What is empty is left out.
  package convenience init(
    dialect: String, profile: String = "", operation: String = "", principal: String = "", backend: String = "",
    job: Int64? = nil, losses: AccessLosses? = nil
  ) {
    self.init(nil, dialect, profile, operation, principal, backend, job, losses)
  }

  /// The route of a request that comes again as `record` has it.
  package convenience init(
    of record: borrowing AccessRecord, dialect: String, profile: String, operation: String, principal: String,
    backend: String, job: Int64, losses: AccessLosses?
  ) {
    // What a mask has to hide is looked at each time.
    var request: UnsafeRawBufferPointer?
    if record.query.isEmpty {
      let line = Line()
      line.write { $0.request(record, nil) }
      request = line.copy
    }
    self.init(request, dialect, profile, operation, principal, backend, job, losses)
  }

  private init(
    _ request: UnsafeRawBufferPointer?, _ dialect: String, _ profile: String, _ operation: String,
    _ principal: String, _ backend: String, _ job: Int64?, _ losses: AccessLosses?
  ) {
    self.request = request
    let line = Line()
    line.write { text in
      text.member(",\"dialect\":", dialect)
      text.member(",\"profile\":", profile)
      text.member(",\"operation\":", operation)
      text.what(principal: principal, backend: backend, job: job, losses)
    }
    members = line.copy
  }

  deinit {
    members.deallocate()
    request?.deallocate()
  }
}
