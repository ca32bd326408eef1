import JobModel
import Mapping
import Testing

/// An id that is found without reading the whole document is the one that reading it finds.
struct IdentifyingTests {
  @Test(arguments: [
    ("orchestrator", #"{"description":"","id":"https://a/v1/jobs/17","name":"17","state":"running"}"#, "17"),
    ("orchestrator", #"{"state":"running","options":{"name":"3"},"name":"18"}"#, "18"),
    ("orchestrator", #"{"n\u0061me":"19","state":"running"}"#, "19"), ("orchestrator", #"{"state":"running"}"#, nil),
    ("orchestrator", #"{"name":7,"state":"running"}"#, nil), ("orchestrator", "{}", nil), ("orchestrator", "[]", nil),
    ("pushy", #"{"id":"00000000000000000000000000000abc","status":"running"}"#, "00000000000000000000000000000abc"),
    ("pushy", #"{"status":"running","id":"a b"}"#, "a b"), ("xplenty", #"{"id":20,"status":"running"}"#, "20"),
    ("xplenty", #"{"status":"running","id":null}"#, nil),
  ])
  func id(_ dialect: String, _ document: String, _ wanted: String?) throws {
    let reader = try #require(try Dialects.side(dialect).codec.reader("job"))
    let (body, found, whole) = (Array(document.utf8), Job(), Job())
    let isFound = body.withUnsafeBytes { reader.identify($0, into: found) }
    #expect(isFound == (wanted != nil) && found.text(.id) == wanted)
    try body.withUnsafeBytes { try reader.read($0, into: whole) }
    if isFound { #expect(whole.text(.id) == wanted) }
  }
}
