import Credentials
import Transport

/// A request as whoever verifies callers sees it. Method, path, query and headers it has already.
extension Exchange: Credentials.Call {
  package var certificateName: String? { clientCertificate?.commonName }
}
