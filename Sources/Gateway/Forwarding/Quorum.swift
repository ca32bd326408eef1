import JobModel

/// The quorum of a job whose platform takes no votes: its nodes are counted before anything is sent, by what the platform
/// says of them. Those that are there run the job; when they are too few, nothing does. A node that is there may still turn
/// out to be busy, so this says less than a vote.
struct Quorum: Sendable {
  let site: Site

  /// Counts, and takes the result into the draft. Throws what kept the platform from saying, unless the route lets the
  /// quorum get lost.
  func take(_ draft: inout Draft, _ way: Way) async throws(Fault) {
    guard var sent = draft.sent, sent.counted != nil else { return }
    let connected: Set<String>
    switch await sent.backend.connected(sent.nodes, account: sent.target.account, way) {
    case .failure(let failure) where sent.mayLoseQuorum:
      site.log.warning(
        "the nodes cannot be counted; the quorum is lost",
        metadata: ["backend": "\(sent.backend.name)", "fault": "\(failure.fault.text)"])
      return draft.loseQuorum(because: "the nodes cannot be counted")
    case .failure(let failure): throw failure.fault
    case .success(let found): connected = found
    }
    let job = Job()
    try site.hub.load(draft.document, into: job)
    let there = sent.nodes.filter(connected.contains)
    guard there.count < sent.nodes.count else { return }
    let isRejected = there.isEmpty || Int64(there.count) < job.integer(.quorum) ?? Int64(sent.nodes.count)
    var runs = job.nodeRuns ?? []
    for index in runs.indices {
      if !connected.contains(runs[index].name) {
        runs[index].phase = .unreachable
      } else if isRejected {
        runs[index].phase = .withdrawn
      }
    }
    job.nodeRuns = runs
    if isRejected {
      job.phase = .rejected
      job.set(.reason, text: "\(there.count) of \(sent.nodes.count) nodes are there")
      job.set(.finished, integer: draft.created)
      job.addHistory(.rejected, at: draft.created)
    } else {
      try sent.narrow(to: there, site.hub)
    }
    draft.begin(on: sent, as: site.hub.bytes(job), isRejected: isRejected)
  }
}
