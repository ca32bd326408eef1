import JobModel
import Mapping
import Transport
import Wire

/// Which nodes a platform could give work to now.
extension Backend {
  /// Those of `nodes` that are there; without `nodes` all that are. Names are those that they have here.
  func connected(_ nodes: [String]?, account: String, _ way: Way) async -> Result<Set<String>, CallFault> {
    guard let operation = inventory(asking: nodes != nil), let name = operation.document,
      let entries = codec.entries(name), let reader = codec.reader(entries.document)
    else { return .success(Set(nodes ?? [])) }
    var body: [UInt8] = []
    if let asked = operation.reads, let writer = codec.writer(asked, profile: profile) {
      let job = Job()
      job.set(.targets, texts: (nodes ?? []).map(part.nodes.there))
      let output = Output(capacity: 256)
      writer.write(job, to: output)
      body = Array(output.written)
    }
    switch await call(operation, Target(account: account), body: body, way) {
    case .failure(let failure): return .failure(failure)
    case .success(let answer):
      guard let found = connected(answer.body, entries, reader) else { return .failure(nonsense) }
      return .success(nodes.map { found.intersection($0) } ?? found)
    }
  }

  /// The operation that tells of some nodes, or of all.
  private func inventory(asking: Bool) -> Operation? {
    let known = dialect.operations.filter { $0.kind == .inventory }
    return known.first { ($0.reads != nil) == asking } ?? (asking ? known.first : nil)
  }

  private func connected(_ body: [UInt8], _ entries: Entries, _ reader: Reader) -> Set<String>? {
    body.withUnsafeBytes { bytes in
      guard let ranges = try? entries.ranges(bytes) else { return nil }
      let place = Job()
      var found: Set<String> = []
      for range in ranges {
        place.reset()
        guard (try? reader.read(UnsafeRawBufferPointer(rebasing: bytes[range]), into: place)) != nil,
          let name = place.text(.placeName)
        else { return nil }
        if place.flag(.placeConnected) ?? false { found.insert(part.nodes.here(name)) }
      }
      return found
    }
  }
}
