import HTTP2
import NIOCore

/// The limits of time in the loops' own unit.
struct Times {
  let firstByte: TimeAmount
  let idle: TimeAmount
  let progress: TimeAmount
  let answer: TimeAmount
  let linger: TimeAmount

  /// How often the connections are looked at: often enough for the shortest limit, once a second by default.
  let sweep: TimeAmount

  /// How many looks lie between two returns of memory, some ten seconds.
  let sweepsPerTrim: Int

  init(_ limits: Limits) {
    firstByte = TimeAmount(limits.timeToFirstByte)
    idle = TimeAmount(limits.idleTime)
    progress = TimeAmount(limits.timeWithoutProgress)
    answer = TimeAmount(limits.timeToAnswer)
    linger = TimeAmount(limits.lingerTime)
    let shortest = min(firstByte, idle, progress, answer, linger)
    sweep = min(max(.nanoseconds(shortest.nanoseconds / 4), .milliseconds(20)), .seconds(1))
    sweepsPerTrim = max(1, Int(TimeAmount.seconds(10).nanoseconds / sweep.nanoseconds))
  }
}

extension Session.Bounds {
  init(_ limits: Limits) {
    self.init()
    fieldCount = limits.headerCount
    fieldBytes = limits.headerBytes
    bodyBytes = limits.bodyBytes
    discardBytes = limits.bodyDiscard
    bufferedBytes = limits.bufferedBodyBytes
    streams = limits.streams
  }
}
