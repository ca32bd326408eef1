import JobModel
import Mapping
import Transport
import Wire

extension Watched {
  /// A body that is known, but for how long its job has been running.
  ///
  /// `@unchecked`: its bytes are written before anybody has it, and live as long as it does.
  final class Text: @unchecked Sendable {
    /// In memory of its own, because lending an array's bytes counts the array.
    let bytes: UnsafeRawBufferPointer
    /// Where that stands in it, and since when the job runs, in milliseconds since 1970; nil where it says no such thing.
    private let running: (place: Range<Int>, since: Int64)?

    /// A body that is the same each time.
    convenience init(_ bytes: [UInt8]) { self.init(bytes, nil) }

    private init(_ bytes: [UInt8], _ running: (place: Range<Int>, since: Int64)?) {
      let place = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
      place.copyBytes(from: bytes)
      (self.bytes, self.running) = (UnsafeRawBufferPointer(place), running)
    }

    deinit { bytes.deallocate() }

    /// The body that has just been written; nil when it will be another one.
    ///
    /// Where a time that runs stands in it is found by writing it once more with another time. `again` does that; the two
    /// have to be the same but for that one place.
    convenience init?(_ output: Output, _ shown: Front.Shown, again: (String) -> Void) {
      let bytes = Array(output.written)
      switch shown {
      case .steady: self.init(bytes)
      case .changing: return nil
      case .running(let since):
        output.clear()
        again(Self.mark)
        guard let place = Self.difference(bytes, Array(output.written)) else { return nil }
        self.init(bytes, (place, since))
      }
    }

    /// Adds it to an answer, as it is now. Returns how many bytes that are.
    func write(to exchange: Exchange, at now: Int64) -> Int {
      guard let running else {
        exchange.append(bytes)
        return bytes.count
      }
      exchange.append(UnsafeRawBufferPointer(rebasing: bytes[..<running.place.lowerBound]))
      let count = withSeconds(now - running.since) { time in
        exchange.append(time)
        return time.count
      }
      exchange.append(UnsafeRawBufferPointer(rebasing: bytes[running.place.upperBound...]))
      return bytes.count - running.place.count + count
    }

    /// The same, into a list.
    func write(to output: Output, at now: Int64) {
      guard let running else { return output.bytes(bytes) }
      output.bytes(UnsafeRawBufferPointer(rebasing: bytes[..<running.place.lowerBound]))
      withSeconds(now - running.since) { output.bytes($0) }
      output.bytes(UnsafeRawBufferPointer(rebasing: bytes[running.place.upperBound...]))
    }

    /// A time that stands nowhere else.
    private static let mark = "9007199254740.991"

    /// Where in `bytes` a time stands whose place in `marked` the mark has; nil when that is not all that differs.
    private static func difference(_ bytes: [UInt8], _ marked: [UInt8]) -> Range<Int>? {
      let length = bytes.count - marked.count + mark.utf8.count
      guard length > 0, let start = zip(bytes, marked).enumerated().first(where: { $1.0 != $1.1 })?.offset else {
        return nil
      }
      // The first digits may be the same by chance.
      for at in start - 4...start where at >= 0 && at + mark.utf8.count <= marked.count {
        guard marked[at..<at + mark.utf8.count].elementsEqual(mark.utf8),
          bytes[(at + length)...].elementsEqual(marked[(at + mark.utf8.count)...]),
          bytes[at..<at + length].allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) })
        else { continue }
        return at..<at + length
      }
      return nil
    }
  }
}
