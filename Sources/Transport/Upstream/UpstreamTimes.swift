import NIOCore

/// A backend's limits of time in the loops' own unit.
struct UpstreamTimes {
  let connect: TimeAmount
  let firstByte: TimeAmount
  let progress: TimeAmount
  let total: TimeAmount
  let idle: TimeAmount
  let rest: TimeAmount

  /// How often everything is looked at: often enough for the shortest limit, once a second by default.
  let sweep: TimeAmount

  init(_ settings: UpstreamSettings) {
    let times = settings.times
    connect = TimeAmount(times.connect)
    firstByte = TimeAmount(times.firstByte)
    progress = TimeAmount(times.progress)
    total = TimeAmount(times.total)
    idle = TimeAmount(times.idle)
    rest = TimeAmount(settings.ejection.rest)
    var shortest = min(connect, firstByte, progress, total, idle, rest)
    if let check = settings.check { shortest = min(shortest, TimeAmount(check.every)) }
    sweep = min(max(.nanoseconds(shortest.nanoseconds / 4), .milliseconds(20)), .milliseconds(500))
  }
}
