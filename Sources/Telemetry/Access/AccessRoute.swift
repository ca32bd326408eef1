/// What a line says of where its request went that is the same for all requests of an operation, or for all in which one
/// caller asks for one job: written once, and copied.
/// `@unchecked`: its bytes are written before anybody has it, and live as long as it does.
package final class AccessRoute: @unchecked Sendable {
  /// In memory of its own, because lending an array's bytes counts the array.
  let members: UnsafeRawBufferPointer

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
    let place = UnsafeMutableRawBufferPointer.allocate(byteCount: line.bytes.count, alignment: 1)
    place.copyMemory(from: line.bytes)
    members = UnsafeRawBufferPointer(place)
  }

  deinit { members.deallocate() }
}
