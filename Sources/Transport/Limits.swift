/// What one client, or all of them, may cost. Ours, not the libraries' defaults.
package struct Limits: Sendable {
  /// Most fields of one request. HTTP/1.1: 431; HTTP/2: the stream is reset.
  package var headerCount = 100

  /// Most octets of one request's header fields, decoded. HTTP/1.1: 431 (a target alone: 414); HTTP/2: reset.
  package var headerBytes = 64 * 1024

  /// Most requests open at one time on an HTTP/2 connection; what goes beyond is refused (REFUSED_STREAM).
  package var streams = 128

  /// Most octets of one request's body; beyond, the request is delivered empty with `bodyTooLarge`.
  package var bodyBytes = 1_100_000

  /// Octets of a body that was too large that are still taken and thrown away, so that the client can read its answer;
  /// then the connection (HTTP/2: the stream) is closed.
  package var bodyDiscard = 16 * 1024 * 1024

  /// Most octets of all unfinished bodies on one HTTP/2 connection; the stream that brings more is refused.
  package var bufferedBodyBytes = 16 * 1024 * 1024

  /// HTTP/2 frames that cost a client next to nothing (PING, SETTINGS, RST_STREAM, WINDOW_UPDATE, PRIORITY,
  /// CONTINUATION, empty DATA, invalid ones) that may come each second. Replies sent and bodies earn more of them.
  /// Beyond, the connection is ended (ENHANCE_YOUR_CALM).
  package var cheapFramesPerSecond = 200

  /// How many of these frames may come at once.
  package var cheapFramesBurst = 2_000

  /// How long a new connection may stay silent.
  package var timeToFirstByte = Duration.seconds(30)

  /// How long a connection may rest between requests.
  package var idleTime = Duration.seconds(75)

  /// How long a header block may take from its first byte to its last, and how long a body or a reader of an answer
  /// may go without `progressBytes` of progress.
  package var timeWithoutProgress = Duration.seconds(30)

  /// Octets that count as progress.
  package var progressBytes = 1_024

  /// How long an answer may take once the request is whole; then it is answered by 500.
  package var timeToAnswer = Duration.seconds(120)

  /// How long a connection that we closed for writing is still read from, for the client to hear why.
  package var lingerTime = Duration.seconds(5)

  /// Most connections of the whole server; further ones are closed at once.
  package var connections = 20_000

  /// Octets waiting to leave a connection above which nothing more is read from it or made for it.
  package var queuedBytes = 128 * 1024

  /// Octets of further requests that a client may send ahead of the answer to the present one (HTTP/1.1 pipelining).
  package var pipelinedBytes = 1024 * 1024

  /// The defaults.
  package init() {}
}
