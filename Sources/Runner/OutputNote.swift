/// What lies beside an output that is not whole (yet): how long it was, and why it could not be kept.
///
/// Always of one length, so that writing it anew needs no room on the disk.
struct OutputNote {
  var total: Int64
  var fault: String?

  private static let length = 256

  /// Before there is anything to say.
  static let blank = [UInt8](repeating: UInt8(ascii: " "), count: length)

  init(total: Int64, fault: String?) {
    self.total = total
    self.fault = fault
  }

  /// Reads one; nil when it is blank, or was never written for want of room.
  init?(_ bytes: [UInt8]) {
    let words = bytes.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard let first = words.first, let total = Int64(String(decoding: first, as: UTF8.self)) else { return nil }
    self.total = total
    var rest = words.dropFirst().first ?? []
    while rest.last == UInt8(ascii: " ") { rest.removeLast() }
    fault = rest.isEmpty ? nil : String(decoding: rest, as: UTF8.self)
  }

  var bytes: [UInt8] {
    let text = Array("\(total) \(fault ?? "")".utf8.prefix(Self.length))
    return text + Self.blank.dropFirst(text.count)
  }
}
