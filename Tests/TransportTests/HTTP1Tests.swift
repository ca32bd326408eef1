import Testing
import Transport

extension OverSockets {
  @Suite struct HTTP1Tests {
    @Test func aRequestIsAnswered() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /a/b?c=d%20e HTTP/1.1\r\nHost: example\r\nX-One: 1\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.status == 200)
        #expect(reply.head.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(reply.fields["content-length"] == "\(reply.body.utf8.count)")
        #expect(reply.fields["date"]?.hasSuffix(" GMT") == true)
        #expect(reply.fields["date"]?.utf8.count == 29)
        #expect(reply.body == "answer to /a/b")
      }
    }

    @Test func everythingOfTheRequestIsSeen() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        let request = "POST /describe?a=1&b=2 HTTP/1.1\r\nHost: h:1\r\nX-Many:  spaced \t\r\nx-many: two\r\nEmpty:\r\n"
        try await client.send(request + "Content-Length: 5\r\n\r\nhello")
        let body = try await client.reply().body
        #expect(body.hasPrefix("POST post /describe a=1&b=2\nhttp11 127.0.0.1 host=h:1\n"))
        #expect(body.contains("x-many=spaced\nx-many=two\nempty=\n"))
        #expect(body.hasSuffix("body=hello"))
      }
    }

    @Test func severalRequestsShareAConnection() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        for index in 0..<5 {
          try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\(index)")
          #expect(try await client.reply().body == "\(index)")
        }
        #expect(test.server.counters.accepted == 1)
        #expect(test.server.counters.requests == 5)
      }
    }

    @Test func pipelinedRequestsAreAnsweredInOrder() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        var text = ""
        for index in 0..<200 {
          let path = index.isMultiple(of: 7) ? "/later" : "/echo"
          let body = "number \(index)"
          text += "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        try await client.send(text)
        for index in 0..<200 {
          let reply = try await client.reply()
          #expect(reply.body == (index.isMultiple(of: 7) ? "later /later" : "number \(index)"))
        }
      }
    }

    @Test func bytesMayComeOneByOne() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        let head = "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let text = head + "4\r\nWiki\r\n6;x=y\r\npedia \r\n0\r\nT: 1\r\n\r\n"
        for byte in text.utf8 { try await client.send([byte]) }
        #expect(try await client.reply().body == "Wikipedia ")
        let second = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
        for byte in second.utf8 { try await client.send([byte]) }
        #expect(try await client.reply().body == "abc")
      }
    }

    @Test func headHasNoBody() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n")
        let head = try await client.reply(head: true)
        #expect(head.fields["content-length"] == "12")
        #expect(try await client.reply().body == "answer to /y")
      }
    }

    @Test(arguments: [204, 304]) func someStatusesHaveNoBody(status: Int) async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /status?\(status) HTTP/1.1\r\nHost: a\r\n\r\nGET /y HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.status == status)
        if status == 204 { #expect(reply.fields["content-length"] == nil) }
        #expect(try await client.reply().body == "answer to /y")
      }
    }

    @Test func oldClientsAreAnsweredAndClosed() async throws {
      try await withServer { test in
        let plain = try RawClient(port: test.port)
        try await plain.send("GET / HTTP/1.0\r\n\r\n")
        let reply = try await plain.reply()
        #expect(reply.fields["connection"] == "close")
        #expect(await plain.isEnded())
        let kept = try RawClient(port: test.port)
        for _ in 0..<2 {
          try await kept.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n")
          #expect(try await kept.reply().fields["connection"] == "keep-alive")
        }
      }
    }

    @Test func connectionCloseIsHonoured() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n"
        try await client.send(last + "GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().fields["connection"] == "close")
        #expect(await client.isEnded())
        #expect(test.responder.seen.withLock { $0 } == ["GET /"])
      }
    }

    @Test func aClientMayWaitForContinue() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
        #expect(try await client.reply().status == 100)
        try await client.send("ok")
        #expect(try await client.reply().body == "ok")
        try await client.send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9999999\r\n\r\n")
        #expect(try await client.reply().status == 413)
      }
    }

    @Test(arguments: [
      "GET /describe HTTP/1.1\r\nHost: 127.0.0.1:9000:9000\r\n\r\n",
      "GET http://127.0.0.1:9000:9000/describe HTTP/1.1\r\nHost: other\r\n\r\n",
    ])
    func aHostThatNamesItsPortTwiceIsNoReasonToRefuse(request: String) async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send(request)
        #expect(try await client.reply().body.contains("host=127.0.0.1:9000:9000"))
      }
    }

    @Test func bodiesAreWhereTheClientPutsThem() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("\r\nPOST /echo HTTP/1.1\r\nHost: a\r\n\r\n")
        let empty = try await client.reply()
        #expect(empty.status == 200 && empty.body.isEmpty)
        try await client.send("GET /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
        #expect(try await client.reply().body == "body")
        try await client.send("PUT /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n")
        #expect(try await client.reply().body.isEmpty)
        try await client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try await client.reply().body == "answer to *")
      }
    }

    @Test func whoHasClosedForWritingIsStillAnswered() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /later HTTP/1.1\r\nHost: a\r\n\r\nGET /last HTTP/1.1\r\nHost: a\r\n\r\nGET /half")
        client.endOutput()
        #expect(try await client.reply().body == "later /later")
        #expect(try await client.reply().body == "answer to /last")
        #expect(await client.isEnded())
      }
    }

    @Test func largeAnswersArriveWhole() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /big?5000000 HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.body.utf8.count == 5_000_000)
        #expect(reply.body.utf8.enumerated().allSatisfy { $1 == 97 + UInt8($0 % 26) })
        #expect(try await client.reply().body == "answer to /next")
      }
    }

    @Test func anAnswerCannotBeSplit() async throws {
      try await withServer { test in
        let client = try RawClient(port: test.port)
        try await client.send("GET /split HTTP/1.1\r\nHost: a\r\n\r\n")
        let reply = try await client.reply()
        #expect(reply.fields["x-text"] == "a  x-evil: 1")
        #expect(reply.fields["x-evil"] == nil)
        #expect(reply.fields["content-length"] == "2")
      }
    }

    @Test func othersServeTheSameRequests() async throws {
      try await withServer { test in
        let answer = await run("curl -sS -d hello \(test.url)/echo")
        #expect(answer.output == "hello")
        let load = await run("h2load --h1 -n 2000 -c 16 \(test.url)/")
        #expect(load.output.contains("2000 succeeded"))
        let upload = await run("sh -c 'head -c 900000 /dev/zero | curl -sS --data-binary @- \(test.url)/echo | wc -c'")
        #expect(upload.output.contains("900000"))
      }
    }
  }
}
