import JobModel
import Phrasebook
import Runner
import Transport

/// Everything an operator decides, as it stands in one YAML file. `deploy/dragoman.yaml` explains each key.
package struct Configuration: Sendable {
  /// One door for clients.
  package struct Listener: Sendable {
    package var address: Address
    /// Names of dialects; nil is all of them.
    package var dialects: [String]?
    /// The address in the links of answers; nil takes it from the Host header.
    package var publicURL: String?
  }

  /// The embedded backend.
  package struct RunnerPart: Sendable {
    package var inventory: Inventory
    /// Which nodes a name, a group or a query means.
    package var places: Places
    package var whitelist: Whitelist
    package var variables: RunnerSettings.Variables
    package var outputLimit: Int
    /// Seconds.
    package var grace: Int
    /// Seconds a run may take when the request says nothing.
    package var timeout: Int
  }

  package var data: String
  package var listeners: [Listener]
  package var admin: Address?
  package var limits: Limits
  /// Seconds for requests under way when the server is told to stop.
  package var drain: Int
  package var runner: RunnerPart
  package var phrasebook: Phrasebook
  /// A folder of mapping files.
  package var mappings: String?
  package var logLevel: String

  /// The text of the configuration that is built in.
  package static var builtIn: String { String(decoding: PackageResources.dragoman_yaml, as: UTF8.self) }
}
