import JobModel
import Mapping
import Testing

/// Translation tables, §5: every fault in every tongue: status, shape, headers.
struct FaultTableTests {
  /// Shapes of a body.
  enum Shape: Sendable { case html, list, text, kind(String), message, problem }

  static let pushy: [(Fault.Kind, Int, Shape)] = [
    (.unknownRoute, 404, .html), (.method, 405, .html), (.noCredential, 400, .list), (.badCredential, 401, .list),
    (.forbidden, 403, .list), (.unknownAccount, 404, .list), (.malformed, 400, .text), (.invalid, 400, .text),
    (.tooLarge, 413, .text),
    (.mediaType, 415, .html), (.notAcceptable, 406, .html), (.unknownJob, 404, .html), (.unknownNode, 404, .html),
    (.unknownOutput, 404, .html), (.badID, 404, .html), (.unsupported, 422, .text), (.refusedLoss, 422, .text),
    (.noPhrase, 422, .text), (.alreadyOver, 422, .text), (.rateLimited, 429, .list), (.backendUnreachable, 503, .list),
    (.backendSlow, 504, .list), (.backendNonsense, 502, .list), (.internal, 500, .html),
  ]

  static let orchestrator: [(Fault.Kind, Int, Shape)] = [
    (.unknownRoute, 404, .kind("puppetlabs.orchestrator/not-found")),
    (.method, 404, .kind("puppetlabs.orchestrator/not-found")),
    (.noCredential, 401, .kind("puppetlabs.rbac/user-unauthenticated")),
    (.badCredential, 401, .kind("puppetlabs.rbac/invalid-token")),
    (.forbidden, 403, .kind("puppetlabs.orchestrator/not-permitted")),
    (.unknownAccount, 404, .kind("puppetlabs.orchestrator/not-found")),
    (.malformed, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.invalid, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.tooLarge, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.mediaType, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.notAcceptable, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.unknownJob, 404, .kind("puppetlabs.orchestrator/unknown-job")),
    (.unknownNode, 404, .kind("puppetlabs.orchestrator/unknown-job")),
    (.unknownOutput, 404, .kind("puppetlabs.orchestrator/unknown-job")),
    (.badID, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.unsupported, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.refusedLoss, 400, .kind("puppetlabs.orchestrator/validation-error")),
    (.noPhrase, 404, .kind("puppetlabs.orchestrator/unknown-task")),
    (.alreadyOver, 202, .kind("puppetlabs.orchestrator/validation-error")),
    (.rateLimited, 429, .kind("puppetlabs.orchestrator/rate-limited")),
    (.backendUnreachable, 503, .kind("puppetlabs.orchestrator/unknown-error")),
    (.backendSlow, 500, .kind("puppetlabs.orchestrator/unknown-error")),
    (.backendNonsense, 500, .kind("puppetlabs.orchestrator/unknown-error")),
    (.internal, 500, .kind("puppetlabs.orchestrator/unknown-error")),
  ]

  static let statuses: [(Fault.Kind, xplenty: Int, canonical: Int)] = [
    (.unknownRoute, 404, 404), (.method, 404, 405), (.noCredential, 401, 401), (.badCredential, 401, 401),
    (.forbidden, 403, 403), (.unknownAccount, 404, 404), (.malformed, 422, 400), (.invalid, 422, 422),
    (.tooLarge, 422, 413), (.mediaType, 415, 415),
    (.notAcceptable, 406, 406), (.unknownJob, 404, 404), (.unknownNode, 404, 404), (.unknownOutput, 404, 404),
    (.badID, 404, 404), (.unsupported, 422, 422), (.refusedLoss, 422, 422), (.noPhrase, 422, 422),
    (.alreadyOver, 422, 409), (.rateLimited, 429, 429), (.backendUnreachable, 503, 503), (.backendSlow, 503, 504),
    (.backendNonsense, 502, 502), (.internal, 500, 500),
  ]

  @Test func everyFaultIsInEveryTable() {
    for table in [Self.pushy.map(\.0), Self.orchestrator.map(\.0), Self.statuses.map(\.0)] {
      #expect(Set(table) == Set(Fault.Kind.allCases))
    }
  }

  @Test func inEveryTongue() throws {
    for (kind, status, shape) in Self.pushy { try check("pushy", kind, status, shape) }
    for (kind, status, shape) in Self.orchestrator { try check("orchestrator", kind, status, shape) }
    for row in Self.statuses {
      try check("xplenty", row.0, row.xplenty, .message)
      try check("canonical", row.0, row.canonical, .problem)
    }
  }

  private func check(_ name: String, _ kind: Fault.Kind, _ status: Int, _ shape: Shape) throws {
    let dialect = try #require(Dialects.codecs[name]?.dialect)
    let answer = dialect.answer(Fault(kind, #"a "text" <of> ours"#, field: "/a"), allowed: ["POST", "GET"])
    #expect(answer.status == status, "\(name) \(kind)")
    let type = answer.headers.first { $0.name == "content-type" }?.value ?? ""
    if case .html = shape {
      #expect(type == "text/html" && answer.body.hasPrefix("<html>"), "\(name) \(kind)")
      return
    }
    let body = try JSONValue(answer.body)
    switch shape {
    case .html: break
    case .list: #expect(type == "application/json" && body["error"]?[0]?.stringValue != nil, "\(name) \(kind)")
    case .text: #expect(type == "application/json" && body["error"]?.stringValue != nil, "\(name) \(kind)")
    case .kind(let kindText):
      #expect(body["kind"]?.stringValue == kindText && body["msg"]?.stringValue != nil, "\(name) \(kind)")
      #expect(body["details"]?["field"]?.stringValue == "/a" && type == "application/json; charset=utf-8")
    case .message: #expect(type == "application/json" && body.members?.map(\.name) == ["message"], "\(name) \(kind)")
    case .problem:
      #expect(type == "application/problem+json" && body["status"]?.integerValue == Int64(status))
      #expect(body["kind"]?.stringValue == kind.rawValue && body["pointer"]?.stringValue == "/a")
    }
  }

  @Test(arguments: [
    ("pushy", Fault.Kind.method, "allow", "POST, GET"), ("canonical", .method, "allow", "POST, GET"),
    ("pushy", .badCredential, "www-authenticate", #"X-Ops-Sign version="1.0" version="1.1""#),
    ("xplenty", .noCredential, "www-authenticate", #"Basic realm="Xplenty""#),
    ("pushy", .rateLimited, "retry-after", "1"),
    ("canonical", .rateLimited, "retry-after", "1"), ("canonical", .noCredential, "www-authenticate", "Bearer"),
  ])
  func headers(_ name: String, _ kind: Fault.Kind, _ header: String, _ value: String) throws {
    let answer = try #require(Dialects.codecs[name]?.dialect.answer(Fault(kind, "x"), allowed: ["POST", "GET"]))
    #expect(answer.headers.filter { $0.name == header }.map(\.value) == [value])
  }

  @Test func thePlatformsOwnWordWins() throws {
    let dialect = try #require(Dialects.codecs["orchestrator"]?.dialect)
    var fault = Fault(.badCredential, "The provided token has expired.")
    fault.word = "puppetlabs.rbac/token-expired"
    #expect(try JSONValue(dialect.answer(fault).body)["kind"]?.stringValue == "puppetlabs.rbac/token-expired")
  }

  @Test func notEveryRefusalSaysHowToAuthenticate() throws {
    let dialect = try #require(Dialects.codecs["pushy"]?.dialect)
    var fault = Fault(.badCredential, "Synchronize the clock on your host.")
    fault.challenges = false
    let answer = dialect.answer(fault)
    #expect(answer.status == 401 && !answer.headers.contains { $0.name == "www-authenticate" })
  }

  @Test func htmlIsEscaped() throws {
    let dialect = try #require(Dialects.codecs["pushy"]?.dialect)
    #expect(!dialect.answer(Fault(.internal, "<script>")).body.contains("<script>"))
  }
}
