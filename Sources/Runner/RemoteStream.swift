import Glibc

/// Takes one channel of a remote run apart: what a login shell prints first, what the command prints, and what the
/// script says before and after it.
struct RemoteStream: ~Copyable {
  /// Before every word of the script's.
  private let sign: [UInt8]
  private var held: [UInt8] = []
  /// The command has been started.
  private(set) var isStarted = false
  /// The script's last words; nil while there may be more.
  private(set) var end: String?

  /// Longer than any last words.
  private static let longest = 1024

  init(mark: String) { sign = Array("\n\(mark) ".utf8) }

  /// What was printed before the start, for people, when there was none.
  var noise: String { isStarted ? "" : String(decoding: held.suffix(200), as: UTF8.self) }

  /// Takes bytes as they come, and gives away those that are the command's.
  mutating func take(_ bytes: UnsafeRawBufferPointer, _ give: (UnsafeRawBufferPointer) -> Void) {
    guard end == nil else { return }
    held += bytes
    if !isStarted {
      guard let (_, word, after) = line(in: held.indices) else {
        // Whatever it is, it is none of the command's.
        if held.count > 1 << 16 { held.removeFirst(held.count - 4096) }
        return
      }
      held.removeFirst(after)
      guard word == "started" else {
        end = word
        return
      }
      isStarted = true
    }
    let tail = max(0, held.count - Self.longest)
    if held.last == UInt8(ascii: "\n"), let (before, word, after) = line(in: tail..<held.count), after == held.count {
      end = word
      held.removeLast(held.count - before)
      return flush(give)
    }
    guard tail > 0 else { return }
    held.withUnsafeBytes { give(UnsafeRawBufferPointer(rebasing: $0[..<tail])) }
    held.removeFirst(tail)
  }

  /// There is no more to come: what was held back is the command's too.
  mutating func flush(_ give: (UnsafeRawBufferPointer) -> Void) {
    guard isStarted, !held.isEmpty else { return }
    held.withUnsafeBytes { give($0) }
    held = []
  }

  /// The first whole line of the script's: where it begins, what it says, where it ends.
  private func line(in range: Range<Int>) -> (before: Int, word: String, after: Int)? {
    held.withUnsafeBytes { all in
      guard let found = ByteSearch.first(sign, in: UnsafeRawBufferPointer(rebasing: all[range])) else { return nil }
      let before = found + range.lowerBound
      let words = all[(before + sign.count)..<range.upperBound]
      guard let end = words.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      return (before, String(decoding: words[..<end], as: UTF8.self), end + 1)
    }
  }
}
