/// The statuses that have a series of their own; an answer with any other counts as `other`.
package enum Statuses {
  private static let known: [Int] = [
    200, 201, 202, 204, 206, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413,
    414, 415, 416, 417, 421, 422, 423, 424, 425, 426, 428, 429, 431, 500, 501, 502, 503, 504, 505, 507,
  ]

  /// Label values for a `CounterRow`.
  package static let values: [String] = known.map { "\($0)" }

  /// The place of a status in `values`; -1 if it has none.
  package static func index(of status: Int) -> Int {
    let place = status - first
    return places.indices.contains(place) ? Int(places[place]) : -1
  }

  private static let first = 200
  private static let places: [Int8] = {
    var places = [Int8](repeating: -1, count: 400)
    for (index, status) in known.enumerated() { places[status - first] = Int8(index) }
    return places
  }()
}
