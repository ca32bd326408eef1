import JobModel
import Phrasebook
import Runner
import Transport

/// Everything an operator decides, as it stands in one YAML file. `deploy/dragoman.yaml` explains each key.
package struct Configuration: Sendable {
  /// One door for clients.
  package struct Listener: Sendable {
    package var door: Door
    /// Names of dialects; nil is all of them.
    package var dialects: [String]?
    /// The address in the links of answers; nil takes it from the Host header.
    package var publicURL: String?
    /// Terms of encryption; nil for none.
    package var tls: TLSTerms?
    /// Nobody is asked for credentials.
    package var isOpen: Bool
  }

  /// Where a listener is.
  package enum Door: Sendable, Hashable, CustomStringConvertible {
    case address(Address)
    /// A socket that the service manager has bound, by the name it gave it.
    case inherited(String)

    /// As the configuration says it.
    package var description: String {
      switch self {
      case .address(let address): "\(address)"
      case .inherited(let name): "systemd:\(name)"
      }
    }
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
    /// Commands at once, on all nodes together.
    package var concurrency: Int
    /// Seconds that nodes have to say whether they take a job.
    package var voteTimeout: Int
    /// What each command may use.
    package var limits: RunnerLimits

    /// Seconds that a job may take beside its run, before somebody has to look after it.
    var longestVoteAndGrace: Int { voteTimeout + grace + 60 }

    /// What the runner needs to know, with everything it keeps under the folder `data`.
    func settings(data: String, guardian: [String]?) -> RunnerSettings {
      RunnerSettings(
        outputs: data + "/outputs", attachments: data + "/attachments",
        environment: [("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ("LANG", "C.UTF-8")],
        variables: variables, outputLimit: outputLimit, grace: .seconds(grace), home: data + "/runner",
        guardian: guardian, limits: limits, concurrency: concurrency, voteTimeout: .seconds(voteTimeout))
    }
  }

  /// What is written down beside the jobs.
  package struct LogPart: Sendable {
    package var level = "info"
    /// One line a request; nil for none. `stdout` is standard output.
    package var access: String?
    /// One line a submit or stop; nil for none.
    package var audit: String?
  }

  /// How long finished jobs are kept; nil is for ever.
  package struct Retention: Sendable, Equatable {
    package var days: Int?
    package var jobs: Int?
  }

  package var data: String
  package var listeners: [Listener]
  package var callers: CallersPart
  package var admin: Address?
  /// Threads that serve connections.
  package var loops: Int
  package var limits: Limits
  /// Seconds for requests under way when the server is told to stop.
  package var drain: Int
  package var runner: RunnerPart
  /// The platforms jobs may run on beside this machine.
  package var backends: [BackendPart]
  package var routes: [RoutePart]
  /// By dialect, the backend whose own ids its callers hold.
  package var homes: [String: String]
  package var phrasebook: Phrasebook
  /// A folder of mapping files.
  package var mappings: String?
  package var retention: Retention
  /// Whether a change of a file is taken up without being told.
  package var watch: Bool
  package var log: LogPart

  /// The text of the configuration that is built in.
  package static var builtIn: String { String(decoding: PackageResources.dragoman_yaml, as: UTF8.self) }
}
