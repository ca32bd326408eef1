import HTTP2
import NIOCore

/// Calls to one backend from any task: for what is asked now and then. It has an `Upstream` of its own on one loop.
///
/// `@unchecked`: what is in it is touched on its loop only.
package final class Messenger: @unchecked Sendable {
  /// What is asked.
  package struct Request: Sendable {
    /// The method, in capitals.
    package var method: String
    /// Path and query, escaped.
    package var target: String
    /// Fields in their order; those that Transport owns are ignored.
    package var headers: [(name: String, value: String)]
    /// The body; empty for none.
    package var body: [UInt8]
    /// What it may take as a whole, if not what the settings say.
    package var limit: Duration?

    /// A GET.
    package init(_ target: String) { self.init("GET", target) }

    /// A request.
    package init(
      _ method: String, _ target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
      limit: Duration? = nil
    ) {
      self.method = method
      self.target = target
      self.headers = headers
      self.body = body
      self.limit = limit
    }
  }

  /// What came back.
  package struct Answer: Sendable {
    /// 200…999.
    package var status: Int
    /// Fields in the order of arrival, names in lower case.
    package var headers: [(name: String, value: String)]
    /// The whole body.
    package var body: [UInt8]

    /// An answer with these parts.
    package init(status: Int, headers: [(name: String, value: String)], body: [UInt8]) {
      (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// What has come back of a call.
    package init(_ call: Call) {
      var headers: [(name: String, value: String)] = []
      call.forEachHeader { name, value in
        headers.append((String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
      }
      self.init(status: call.status, headers: headers, body: Array(call.body))
    }

    /// Value of the first field of that name, given in lower case.
    package func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  private let loop: Loop
  private let settings: UpstreamSettings
  private var desk: Desk?
  private var isRetired = false

  /// A messenger whose calls are made on `loop`.
  package init(_ settings: UpstreamSettings, on loop: LoopHandle) {
    self.loop = loop.loop
    self.settings = settings
    loop.run { self.desk = Desk(Upstream(settings, on: loop)) }
  }

  /// Calls, and waits for the answer. Cancelling the task ends the call.
  package func call(_ request: Request) async -> Result<Answer, UpstreamFault> {
    let ticket = Ticket()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard !loop.hasEnded.load(ordering: .relaxed) else {
          return continuation.resume(returning: .failure(UpstreamFault(.cancelled, sent: .no)))
        }
        loop.eventLoop.execute {
          guard let desk = self.desk, !self.isRetired, !ticket.isCancelled else {
            return continuation.resume(returning: .failure(UpstreamFault(.cancelled, sent: .no)))
          }
          ticket.tag = desk.send(request, continuation)
        }
      }
    } onCancel: {
      loop.eventLoop.execute {
        ticket.isCancelled = true
        if let tag = ticket.tag { self.desk?.cancel(tag) }
      }
    }
  }

  /// The upstream itself, for whoever is on its loop and calls without waiting; nil on any other thread, and once retired.
  package var here: Upstream? {
    guard loop.eventLoop.inEventLoop, !isRetired else { return nil }
    return desk?.upstream
  }

  /// Calls under way are finished, connections closed; further calls are `cancelled`.
  package func retire() {
    guard !loop.hasEnded.load(ordering: .relaxed) else { return }
    loop.eventLoop.execute {
      self.desk?.upstream.retire()
      self.isRetired = true
    }
  }

  /// What has been done.
  package func counters() async -> UpstreamCounters {
    await withCheckedContinuation { continuation in
      guard !loop.hasEnded.load(ordering: .relaxed) else { return continuation.resume(returning: UpstreamCounters()) }
      loop.eventLoop.execute {
        continuation.resume(returning: self.desk?.upstream.tally.counters ?? UpstreamCounters())
      }
    }
  }

  /// One call's place in the desk's book; touched on the loop only.
  private final class Ticket: @unchecked Sendable {
    var tag: Int?
    var isCancelled = false
  }
}

/// Remembers whose call it was.
private final class Desk: Receiver {
  typealias Waiting = CheckedContinuation<Result<Messenger.Answer, UpstreamFault>, Never>

  let upstream: Upstream
  private var open: [Int: (call: Call, waiting: Waiting)] = [:]
  private var last = 0

  init(_ upstream: Upstream) { self.upstream = upstream }

  func send(_ request: Messenger.Request, _ waiting: Waiting) -> Int {
    var request = request
    let call = upstream.take()
    request.method.withUTF8 { method in
      request.target.withUTF8 { target in
        call.begin(method: UnsafeRawBufferPointer(method), target: UnsafeRawBufferPointer(target))
      }
    }
    for (name, value) in request.headers {
      Array(name.utf8).withUnsafeBytes { name in
        Array(value.utf8).withUnsafeBytes { call.header(name: name, value: $0) }
      }
    }
    request.body.withUnsafeBytes(call.append)
    call.limit = request.limit
    last += 1
    open[last] = (call, waiting)
    upstream.send(call, to: self, tag: last)
    return last
  }

  func cancel(_ tag: Int) { if let call = open[tag]?.call { upstream.cancel(call, tag: tag) } }

  func answered(_ call: Call, tag: Int) {
    open.removeValue(forKey: tag)?.waiting.resume(returning: .success(Messenger.Answer(call)))
  }

  func failed(_ call: Call, _ fault: UpstreamFault, tag: Int) {
    open.removeValue(forKey: tag)?.waiting.resume(returning: .failure(fault))
  }
}
