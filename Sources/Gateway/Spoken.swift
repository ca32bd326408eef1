import JobModel
import Mapping

/// A dialect as a listener speaks it.
struct Spoken: Sendable {
  let codec: Codec
  let routes: Routes

  init(_ codec: Codec) {
    self.codec = codec
    routes = Routes(codec.dialect)
  }

  var dialect: Dialect { codec.dialect }
}

/// One request, once it is known what it asks for.
struct Visit: Sendable {
  let spoken: Spoken
  let operation: Operation
  let parameters: Routes.Parameters
  let profile: String
  /// The gateway's address as this caller knows it, without a slash at the end.
  let publicURL: String
  let principal: String
  /// Names the request in the log.
  let trace: String

  var dialect: Dialect { spoken.dialect }
}
