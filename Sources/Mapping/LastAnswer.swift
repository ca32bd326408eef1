import JobModel
import Wire

/// What a platform said the last time, word for word, and where in it times run that say nothing new. A class, so that
/// comparing counts no array.
package final class LastAnswer: Sendable, Equatable {
  /// Its bytes.
  package let body: [UInt8]
  /// In their order; digits and a point.
  package let running: [Range<Int>]

  /// An answer that was just read: `document` is where it stands in the job's arena.
  package init(_ body: [UInt8], _ job: Job, _ document: Range<Int>) {
    (self.body, running) = (body, job.runningTimes(in: document))
  }

  /// Whether an answer says nothing else: it is the same but for the times that run.
  package func isRepeated(by answer: UnsafeRawBufferPointer) -> Bool {
    body.withUnsafeBytes { body in
      var (known, new) = (0, 0)
      for place in running {
        let length = place.lowerBound - known
        guard new + length <= answer.count,
          UnsafeRawBufferPointer(rebasing: body[known..<place.lowerBound])
            .isSame(as: UnsafeRawBufferPointer(rebasing: answer[new..<new + length]))
        else { return false }
        new += length
        let start = new
        while new < answer.count, answer[new] == 0x2E || answer[new] &- 0x30 < 10 { new += 1 }
        guard new > start else { return false }
        known = place.upperBound
      }
      return UnsafeRawBufferPointer(rebasing: body[known...])
        .isSame(as: UnsafeRawBufferPointer(rebasing: answer[new...]))
    }
  }

  package static func == (one: LastAnswer, other: LastAnswer) -> Bool {
    one.body == other.body && one.running == other.running
  }

  /// Whether it is the same word for word.
  package func isSame(as answer: UnsafeRawBufferPointer) -> Bool { answer.isSame(as: body) }
}
