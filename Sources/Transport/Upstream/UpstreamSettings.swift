/// A backend: where it is, how it is spoken to, what it may cost. Bounds and times hold for each event loop on its own.
package struct UpstreamSettings: Sendable {
  /// One place where the backend listens.
  package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    /// A name or an address.
    package var host: String
    /// A TCP port.
    package var port: Int
    /// The name its certificate is made out for and that it is called by; nil when that is the host.
    package var serverName: String?

    /// The three.
    package init(host: String, port: Int, serverName: String? = nil) {
      self.host = host
      self.port = port
      self.serverName = serverName
    }

    /// `host:port`.
    package var description: String { Address(host: host, port: port).description }
  }

  /// Which versions of HTTP are spoken.
  package enum Protocols: Sendable {
    /// HTTP/1.1, and HTTP/1.0 where that is what answers.
    case http1
    /// HTTP/2: by prior knowledge, or agreed on inside TLS and nothing else will do.
    case http2
    /// The server chooses, inside TLS; without TLS it is HTTP/1.1.
    case agreed
  }

  /// How long things may take.
  package struct Times: Sendable {
    /// Until a connection stands, its encryption included; also how long a call may wait for a connection to be free.
    package var connect = Duration.seconds(5)
    /// From the call being written to the first byte of the answer.
    package var firstByte = Duration.seconds(30)
    /// Between two bytes of the answer.
    package var progress = Duration.seconds(15)
    /// From `send` to the end of the answer, a second try included.
    package var total = Duration.seconds(120)
    /// How long a connection that nobody uses is kept.
    package var idle = Duration.seconds(60)

    /// The defaults.
    package init() {}
  }

  /// What the backend may cost.
  package struct Bounds: Sendable {
    /// Most connections to one endpoint.
    package var connections = 64
    /// Most calls at one time on one connection of HTTP/2; fewer if the server wants fewer.
    package var streams = 100
    /// Most calls that wait for a connection to be free; more are refused as `overloaded`.
    package var waiting = 1_024
    /// Most fields of an answer.
    package var headerCount = 200
    /// Most octets of an answer's fields.
    package var headerBytes = 64 * 1024
    /// Most octets of an answer's body that is not read in pieces.
    package var bodyBytes = 16 * 1024 * 1024
    /// Most octets of a body read in pieces that stand in memory; then the server has to wait.
    package var pieceBytes = 256 * 1024
    /// Most octets of all bodies that are not whole yet, on one connection of HTTP/2 or on all of HTTP/1.1.
    package var bufferedBytes = 64 * 1024 * 1024

    /// The defaults.
    package init() {}
  }

  /// When an endpoint that fails is left alone for a while. Only what keeps an answer from coming counts, never its status.
  package struct Ejection: Sendable {
    /// Failures in a row.
    package var failures = 5
    /// How long it rests the first time; twice as long each time it fails again, at most 32 times as long.
    package var rest = Duration.seconds(10)
    /// Largest share of the endpoints that rest at one time; the last one never does while this is below 1.
    package var share = 0.5

    /// The defaults.
    package init() {}
  }

  /// How it is asked whether it is well: a GET whose answer has a status from 200 to 399.
  package struct Check: Sendable {
    /// What is asked for.
    package var path: String
    /// How often; also how long an answer may take, up to `Times.total`.
    package var every = Duration.seconds(10)
    /// Good answers in a row after which a sick endpoint is used again.
    package var healthy = 2
    /// Bad answers in a row after which it is not.
    package var unhealthy = 3

    /// A check by this path.
    package init(path: String) { self.path = path }
  }

  /// At least one, or every call is `unreachable`.
  package var endpoints: [Endpoint]

  /// Without TLS: what is spoken. With it, `UpstreamTLS` says.
  package var http: Protocols

  /// How connections are encrypted; nil for not at all.
  package var tls: UpstreamTLS?

  /// Limits of time.
  package var times = Times()

  /// Limits of number and size.
  package var bounds = Bounds()

  /// When failing endpoints rest.
  package var ejection = Ejection()

  /// The health check; nil for none.
  package var check: Check?

  /// A backend; HTTP/1.1 without TLS unless told otherwise.
  package init(endpoints: [Endpoint], http: Protocols = .http1, tls: UpstreamTLS? = nil) {
    self.endpoints = endpoints
    self.http = http
    self.tls = tls
  }

  /// What is spoken.
  var spoken: Protocols { tls?.http ?? http }
}
