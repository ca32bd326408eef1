/// What the access log says of one request. Texts that are empty, and numbers that are nil, are left out of the line.
///
/// Lives for one call on the event loop: the bytes are lent.
package struct AccessRecord: ~Copyable {
  /// When the answer was given, in milliseconds since 1970.
  package var time: Int64
  package var request: RequestID
  /// The gateway's own span; nil when nobody else has heard of it.
  package var trace: TraceContext?
  /// The caller's span, when the caller named one.
  package var parent: UInt64?
  /// The address without the port.
  package var remote = ""
  /// As `HTTP/2`.
  package var version: StaticString = "HTTP/1.1"
  /// The version of TLS; empty without it.
  package var tls: StaticString = ""
  package var method = UnsafeRawBufferPointer(start: nil, count: 0)
  /// As they were sent. A query goes through the log's mask.
  package var path = UnsafeRawBufferPointer(start: nil, count: 0)
  package var query = UnsafeRawBufferPointer(start: nil, count: 0)
  package var status = 0
  /// Sizes of the bodies.
  package var bytesIn = 0
  package var bytesOut = 0
  package var principal = ""
  package var backend = ""
  package var job: Int64?
  /// The kind of fault that was answered.
  package var fault = ""
  package var stations = Stations()

  /// How long each part of the trip took, in nanoseconds; nil when it was not come to.
  package struct Stations: Sendable {
    /// Dialect, operation, profile.
    package var find: Int64?
    /// All checks, the body's reading included.
    package var check: Int64?
    /// The act: ledger, runner, backend.
    package var act: Int64?
    /// The document or the fault.
    package var write: Int64?
    package var total: Int64?

    /// Nowhere yet.
    package init() {}
  }

  /// A record with nothing but what every request has.
  package init(time: Int64, request: RequestID, trace: TraceContext?) {
    self.time = time
    self.request = request
    self.trace = trace
  }
}

extension Line {
  /// Nobody masks what is no query.
  func write(
    _ record: borrowing AccessRecord, _ route: AccessRoute?, _ losses: AccessLosses?, _ mask: QueryMask?, dropped: Int
  ) {
    write(at: record.time) { text in
      text.who(record)
      if let known = route?.request { text.put(known) } else { text.request(record, mask) }
      text.member(",\"bytes_out\":", Int64(record.bytesOut))
      text.whereTo(record, route, losses)
      text.stations(record.stations)
      if dropped > 0 { text.member(",\"dropped\":", Int64(dropped)) }
    }
  }
}

extension LineText {
  @inline(__always)
  fileprivate mutating func who(_ record: borrowing AccessRecord) {
    member(",\"request\":", record.request)
    if let trace = record.trace {
      member(",\"trace\":", hex: trace.trace)
      member(",\"span\":", hex: trace.span)
    }
    if let parent = record.parent { member(",\"parent\":", hex: parent) }
    member(",\"remote\":", record.remote)
  }

  /// What was asked, how, and how that was answered.
  mutating func request(_ record: borrowing AccessRecord, _ mask: QueryMask?) {
    member(",\"protocol\":", plain: record.version)
    if record.tls.utf8CodeUnitCount > 0 { member(",\"tls\":", plain: record.tls) }
    member(",\"method\":", record.method, most: 32)
    put(",\"path\":\"")
    escaped(record.path, most: LineText.most)
    mask?.write(record.query, to: &self)
    put("\"")
    member(",\"status\":", Int64(record.status))
    member(",\"bytes_in\":", Int64(record.bytesIn))
  }

  @inline(__always)
  fileprivate mutating func whereTo(
    _ record: borrowing AccessRecord, _ route: AccessRoute?, _ losses: AccessLosses?
  ) {
    if let route { put(route.members) }
    what(principal: record.principal, backend: record.backend, job: record.job, losses)
    member(",\"fault\":", record.fault)
  }

  /// Who asked for which job, where it runs, and what was not said of it.
  @inline(__always)
  mutating func what(principal: String, backend: String, job: Int64?, _ losses: AccessLosses?) {
    member(",\"principal\":", principal)
    member(",\"backend\":", backend)
    if let job { member(",\"job\":", job) }
    if let losses { losses.members.withUnsafeBytes { put($0) } }
  }

  @inline(__always)
  fileprivate mutating func stations(_ stations: AccessRecord.Stations) {
    microseconds(",\"find_us\":", stations.find)
    microseconds(",\"check_us\":", stations.check)
    microseconds(",\"act_us\":", stations.act)
    microseconds(",\"write_us\":", stations.write)
    microseconds(",\"total_us\":", stations.total)
  }

  @inline(__always)
  private mutating func microseconds(_ key: StaticString, _ nanoseconds: Int64?) {
    if let nanoseconds { member(key, max(nanoseconds, 0) / 1000) }
  }
}
