import JobModel
import Wire

extension Reader {
  /// Reads no further than the job's id, which most documents say at their beginning; whose id is known need not be read
  /// again to see that they say the same. The document must be JSON that has been checked, `job` empty.
  ///
  /// Returns false when it is said nowhere, or in a way that takes reading all of it.
  package func identify(_ body: UnsafeRawBufferPointer, into job: Job) -> Bool {
    guard plan.rules.unwrap == nil, !plan.isRequest else { return false }
    let start = job.arena.append(body)
    return withReading(job, from: start) { reading in
      reading.identify()
      guard reading.tokens.fault == nil, !reading.isOdd else { return false }
      reading.finishID(ids)
      return job.has(.id)
    }
  }
}

extension Reading {
  fileprivate mutating func identify() {
    let object = tables.objects
    var expected = object.first
    guard tokens.take(0x7B), !tokens.take(0x7D) else { return }
    repeat {
      let index = key(object, &expected)
      if tokens.fault != nil { return }
      guard index >= 0, saysID(fields + index) else {
        _ = tokens.skip()
        continue
      }
      value(fields + index, objectNumber: 0)
      if isOdd || pendingID != nil || job.has(.id) { return }
    } while tokens.take(0x2C)
  }

  private func saysID(_ field: Place<ReadPlan.Field>) -> Bool {
    (field.action == .field || field.action == .segment) && !field.isColumn
      && field.index == Int(JobModel.Field.id.rawValue)
  }
}
