import JobModel
import Mapping
import Wire

/// The canonical dialect as the ledger's own form: a job to bytes and back.
struct Hub: Sendable {
  private let reader: Reader
  private let writer: Writer

  /// Of the canonical codec; nil when it lacks the job document.
  init?(_ codec: Codec) {
    guard let reader = codec.reader("job"), let writer = codec.writer("job", profile: codec.dialect.defaultProfile)
    else {
      return nil
    }
    self.reader = reader
    self.writer = writer
  }

  /// Reads a stored document into `job`, which is emptied first.
  func load(_ document: [UInt8], into job: Job) throws(Fault) {
    job.reset()
    do { try document.withUnsafeBytes { try reader.read($0, into: job) } } catch let fault as Fault {
      throw fault
    } catch {
      throw Fault(.internal, "a stored job cannot be read")
    }
  }

  /// The document of a job.
  func bytes(_ job: Job) -> [UInt8] {
    let output = Output(capacity: 2048)
    writer.write(job, to: output)
    return Array(output.written)
  }
}
