import Foundation
import Telemetry
import Testing

/// Writes records and gives the file's text.
private func written(
  mask: QueryMask = .hiding(QueryMask.usual), _ body: (AccessLog.Pen) -> Void
) async throws -> String {
  let scratch = Scratch()
  let log = try AccessLog(.file(scratch.file("access.log")), mask: mask, tell: { _ in })
  body(log.makePen())
  await log.file.close()
  return try String(contentsOfFile: scratch.file("access.log"), encoding: .utf8)
}

private func object(_ line: String) throws -> [String: Any] {
  try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
}

@Suite struct AccessLogTests {
  @Test func aLineSaysEverything() async throws {
    let text = try await written { pen in
      lend("POST") { method in
        lend("/v1/jobs") { path in
          lend("a=1&token=s3cret") { query in
            var one = record(42)
            one.time = 1_795_332_683_007
            one.parent = 0xabc
            one.remote = "127.0.0.1"
            one.version = "HTTP/2"
            one.tls = "TLSv1.3"
            one.method = method
            one.path = path
            one.query = query
            one.status = 201
            one.bytesIn = 584
            one.bytesOut = 1856
            one.principal = "kim"
            one.backend = "runner"
            one.fault = "internal"
            one.stations.find = 1_999
            one.stations.check = 12_000
            one.stations.act = -5
            one.stations.total = 1_234_567_890
            pen.write(
              one, AccessRoute(dialect: "canonical", profile: "a \"b\"", operation: "submit"),
              AccessLosses([("quorum", "dropped"), ("timeout", "narrowed"), ("user", "dropped")]))
          }
        }
      }
    }
    let expected = """
      {"time":"2026-11-22T07:31:23.007Z","request":"00000000b8000000000","trace":"0000000000000000000000005a007080",\
      "span":"10e0000000009d80","parent":"0000000000000abc","remote":"127.0.0.1","protocol":"HTTP/2","tls":"TLSv1.3",\
      "method":"POST","path":"/v1/jobs?a=1&token=***","status":201,"bytes_in":584,"bytes_out":1856,\
      "dialect":"canonical","profile":"a \\"b\\"","operation":"submit","principal":"kim","backend":"runner","job":42,\
      "losses":{"dropped":["quorum","user"],"narrowed":["timeout"]},\
      "fault":"internal","find_us":1,"check_us":12,"act_us":0,"total_us":1234567}

      """
    #expect(text == expected)
  }

  @Test func whatIsNotThereIsLeftOut() async throws {
    let line = try object(try await written { $0.write(record(1)) })
    #expect(
      Set(line.keys) == [
        "time", "request", "trace", "span", "protocol", "path", "status", "bytes_in", "bytes_out", "job",
      ])
  }

  /// Memory that is handed back has nothing in it that was not written.
  @Test func lettingGoLosesNoLine() async throws {
    let scratch = Scratch()
    let log = try AccessLog(.file(scratch.file("access.log")), mask: .omit, ringBytes: 1 << 16, tell: { _ in })
    let pen = log.makePen()
    for round in 0..<200 {
      for number in 0..<100 { pen.write(record(Int64(round * 100 + number))) }
      // Lines wait in it now; none do once they are written.
      pen.letGo()
      if round % 10 == 9 { try await Task.sleep(for: .milliseconds(round % 50 == 49 ? 300 : 5)) }
      pen.letGo()
    }
    await log.file.close()
    let lines = try String(contentsOfFile: scratch.file("access.log"), encoding: .utf8).split(separator: "\n")
    var jobs: [Int] = []
    for line in lines { jobs.append(try #require(try object(String(line))["job"] as? Int)) }
    #expect(jobs == jobs.sorted() && Set(jobs).count == jobs.count)
    #expect(lines.count + log.file.dropped == 20_000)
    #expect(lines.count > 1000)
  }

  @Test func hostileBytesMakeNoSecondLine() async throws {
    var random = known()
    var paths: [[UInt8]] = [
      Array("\"},\n{\"status\":200,\"x\":\"\u{1B}[2J\u{7F}\u{85}\u{9B}é\u{2028}😀\\".utf8), [0xC2], [0xE2, 0x82],
      [0xF0, 0x9F, 0x98], [0xED, 0xA0, 0x80], [0xC0, 0xAF], [0xF4, 0x90, 0x80, 0x80], [0xFF, 0xFE, 0x41], [],
    ]
    for length in 0..<300 {
      paths.append((0..<length % 40).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
    let text = try await written { pen in
      for path in paths {
        path.withUnsafeBytes { bytes in
          var one = record(1)
          one.path = bytes
          one.principal = String(decoding: path, as: UTF8.self)
          pen.write(one)
        }
      }
    }
    let lines = text.split(separator: "\n")
    #expect(lines.count == paths.count)
    for (line, path) in zip(lines, paths) {
      let found = try object(String(line))
      let principal = String(decoding: path, as: UTF8.self)
      if !path.isEmpty { #expect(found["principal"] as? String == principal) }
      if let valid = String(validating: path, as: UTF8.self) {
        #expect(found["path"] as? String == valid)
      } else {
        #expect((found["path"] as? String)?.contains("\u{FFFD}") ?? false)
      }
      #expect(!line.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
    }
  }

  @Test func whatIsLongIsCutBetweenCharacters() async throws {
    for letter in ["a", "é", "€", "😀", "\n", "\u{85}"] {
      let long = String(repeating: letter, count: 3000)
      let text = try await written { pen in
        lend(long) { path in
          var one = record(1)
          one.path = path
          pen.write(one)
        }
      }
      let path = try #require(try object(text)["path"] as? String)
      let size = letter.utf8.count
      #expect(path == String(repeating: letter, count: 2048 / size) + "…")
    }
  }

  @Test(arguments: [
    (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
    (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
    (1_709_251_199_000, "2024-02-29T23:59:59.000Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
    (253_402_300_799_999, "9999-12-31T23:59:59.999Z"), (.max, "9999-12-31T23:59:59.999Z"),
    (.min, "0001-01-01T00:00:00.000Z"),
  ]) func times(_ milliseconds: Int64, _ expected: String) async throws {
    let text = try await written { pen in
      var one = record(1)
      one.time = milliseconds
      pen.write(one)
      // The same second again.
      pen.write(one)
    }
    #expect(text.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"time\":\"\(expected)\",") })
  }

  @Test func numbersKeepTheirDigits() async throws {
    let jobs: [Int64] = [0, 9, 10, -1, 999_999_999, 1_000_000_000, .max, .min, 1_000_000_000_000_000_000]
    let text = try await written { pen in for job in jobs { pen.write(record(job)) } }
    let found = text.split(separator: "\n").map { $0.split(separator: "\"job\":").last.map(String.init) }
    #expect(found == jobs.map { "\($0)}" })
  }
}

@Suite struct QueryMaskTests {
  private func path(_ query: String, _ mask: QueryMask = .hiding(QueryMask.usual + ["X-Pin"])) async throws -> String {
    let text = try await written(mask: mask) { pen in
      lend("/p") { path in
        lend(query) { query in
          var one = record(1)
          one.path = path
          one.query = query
          pen.write(one)
        }
      }
    }
    return try #require(try object(text)["path"] as? String)
  }

  @Test(arguments: [
    ("", "/p"), ("a=1", "/p?a=1"), ("a=1&b=&c=%20x", "/p?a=1&b=&c=%20x"), ("token=t", "/p?token=***"),
    ("TOKEN=t&a=1", "/p?TOKEN=***&a=1"), ("%74oken=t", "/p?%74oken=***"), ("%74%6F%6ben=t", "/p?%74%6F%6ben=***"),
    ("api-key=t", "/p?api-key=***"), ("user[password]=t", "/p?user[password]=***"),
    ("user%5Bpassword%5D=t", "/p?user%5Bpassword%5D=***"), ("access_token=a=b", "/p?access_token=***"),
    ("a=1;token=t", "/p?a=1;token=***"), ("t0k", "/p?***"), ("&&a=1&", "/p?&&a=1&"), ("x_pin=1", "/p?x_pin=***"),
    ("%=1&%7=2&%zz=3", "/p?%=1&%7=2&%zz=3"), ("q=\"\n", "/p?q=\"\n"), ("=t", "/p?=t"),
  ]) func secretsAreHidden(_ query: String, _ expected: String) async throws {
    #expect(try await path(query) == expected)
  }

  @Test func aNameTooLongToLookAtIsSecret() async throws {
    let name = String(repeating: "n", count: 257)
    #expect(try await path("\(name)=t") == "/p?\(name)=***")
  }

  @Test func aLongQueryIsCut() async throws {
    let query = (0..<1000).map { "a\($0)=1" }.joined(separator: "&")
    let found = try await path(query)
    #expect(found.hasSuffix("…") && found.count < 2100 && query.hasPrefix(found.dropFirst(3).dropLast()))
  }

  @Test func noQueryAtAll() async throws { #expect(try await path("a=1&token=t", .omit) == "/p") }
}
