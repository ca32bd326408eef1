import JobModel
import Mapping
import Wire

/// Law 1: what is read and written again in the same dialect is the same JSON value.
struct RoundTripLaw {
  var dialects = Dialects.shipped
  /// What puts sealed entries back; the product's own, unless a fault is planted.
  var open: ([Foreign], JSON, String, String) -> JSON = { Sealing.open($0, in: $1, dialect: $2, name: $3) }

  /// In one process: read, seal, write, open.
  func inProcess(_ spoken: Spoken, _ name: String, _ document: JSON) -> String? {
    let codec = dialects[spoken.dialect]
    guard let writer = codec.writer(name, profile: spoken.profile) else { return "no writer" }
    guard let job = Job.read(document.compact, with: codec.reader(name)) else { return "refused" }
    job.set(.publicURL, text: job.text(.publicURL) ?? "https://gateway.example.com")
    job.set(.account, text: job.text(.account) ?? "site")
    let own = writer.document(job)
    if own.members == nil, own.elements == nil { return "what is written is no JSON" }
    job.foreign += Sealing.seal(document, over: own, dialect: spoken.dialect, name: name)
    let again = writer.document(job)
    if spoken.dialect != "canonical", again != own {
      return "writing twice gives \(again.compact) after \(own.compact)"
    }
    let back = open(job.foreign, own, spoken.dialect, name)
    return back == document ? nil : "came back as \(back.compact)"
  }

  /// Through the canonical document and back.
  func throughCanonical(_ spoken: Spoken, _ what: String, _ document: JSON) -> String? {
    let (here, hub) = (dialects.side(spoken.dialect, spoken.profile), dialects.side("canonical"))
    do {
      let canonical = try dialects.translation(here, hub).translate(document.compact, what: what)
      let back = try dialects.translation(hub, here).translate(canonical.text, what: what)
      return parsed(back.text) == document ? nil : "came back as \(back.text)\nby way of \(canonical.text)"
    } catch { return "refused: \(error)" }
  }
}
