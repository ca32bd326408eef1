import Testing
import Wire

@Suite("Forms with brackets")
struct FormTests {
  static func json(_ text: [UInt8], depth: Int = 32, limit: Int = 4096) throws -> String {
    try written { output in
      try text.withUnsafeBytes { try Form.json(from: $0, into: output, depth: depth, limit: limit) }
    }
  }

  @Test(arguments: [
    ("", "{}"), ("&&", "{}"), ("a=1", #"{"a":"1"}"#), ("a=1&b=2&", #"{"a":"1","b":"2"}"#), ("a", #"{"a":""}"#),
    ("a=", #"{"a":""}"#), ("a=b=c", #"{"a":"b=c"}"#), ("a=1&a=2&b=3", #"{"a":"2","b":"3"}"#),
    ("a+b=c+d", #"{"a b":"c d"}"#),
    ("a=%2B%26%3d", #"{"a":"+&="}"#), ("a=%C3%A9é", #"{"a":"éé"}"#), ("a=%22%5C%0A", #"{"a":"\"\\\n"}"#),
    ("job[id]=1", #"{"job":{"id":"1"}}"#), ("job%5Bid%5D=1", #"{"job":{"id":"1"}}"#),
    ("job[a][b][c]=x", #"{"job":{"a":{"b":{"c":"x"}}}}"#),
    ("a[]=1&a[]=2", #"{"a":["1","2"]}"#), ("a[]=1", #"{"a":["1"]}"#), ("a[]", #"{"a":[""]}"#),
    ("a[b][]=1&a[b][]=2", #"{"a":{"b":["1","2"]}}"#),
    ("a[][x]=1&a[][y]=2&a[][x]=3", #"{"a":[{"x":"1","y":"2"},{"x":"3"}]}"#),
    ("a[][x][]=1&a[][x][]=2", #"{"a":[{"x":["1","2"]}]}"#),
    ("a[][x][y]=1&a[][x][z]=2&a[][x][y]=3", #"{"a":[{"x":{"y":"1","z":"2"}},{"x":{"y":"3"}}]}"#),
    ("a[][]=1&a[][]=2", #"{"a":[["1"],["2"]]}"#),
    ("a[0]=x&a[1]=y", #"{"a":["x","y"]}"#), ("a[1]=y&a[0]=x", #"{"a":["x","y"]}"#),
    ("a[0][b]=2&a[1][b]=3", #"{"a":[{"b":"2"},{"b":"3"}]}"#),
    ("a[1]=y", #"{"a":{"1":"y"}}"#), ("a[0]=x&a[2]=y", #"{"a":{"0":"x","2":"y"}}"#), ("a[00]=x", #"{"a":{"00":"x"}}"#),
    ("a[0]=x&a[n]=y", #"{"a":{"0":"x","n":"y"}}"#),
    ("0=x&1=y", #"{"0":"x","1":"y"}"#), ("a[99999999999999999999]=x", #"{"a":{"99999999999999999999":"x"}}"#),
    ("a[ b]=c d", #"{"a":{" b":"c d"}}"#), ("a[b]=[c]", #"{"a":{"b":"[c]"}}"#),
    ("A[x]=1&a[x]=2", #"{"A":{"x":"1"},"a":{"x":"2"}}"#),
    ("a[\"]=1", #"{"a":{"\"":"1"}}"#), ("a[x]=1&b=2&a[y]=3", #"{"a":{"x":"1","y":"3"},"b":"2"}"#),
    (
      "schedule[task][packages][0][package_id]=12&schedule[name]=n",
      #"{"schedule":{"task":{"packages":[{"package_id":"12"}]},"name":"n"}}"#
    ),
    (
      "job[cluster_id]=52&job[package_id]=434&job[dynamic_variables][V1]=CurrentTime()&job[variables][V3]=a b",
      #"{"job":{"cluster_id":"52","package_id":"434","#
        + #""dynamic_variables":{"V1":"CurrentTime()"},"variables":{"V3":"a b"}}}"#
    ),
    (
      "job%5Bcluster_id%5D=52&job%5Bvariables%5D%5Bfirst_arg%5D=Arg+1%2Fx",
      #"{"job":{"cluster_id":"52","variables":{"first_arg":"Arg 1/x"}}}"#
    ),
  ])
  func read(_ text: String, _ expected: String) throws {
    let json = try Self.json(Array(text.utf8))
    #expect(json == expected)
    #expect(faultOfParsing(Array(json.utf8), duplicates: .refuse) == nil)
  }

  @Test(arguments: [
    ("a=%", FormFault.Kind.badPercent, 2), ("a=1%2", .badPercent, 3), ("a=%zz", .badPercent, 2),
    ("b=1&a=%2g", .badPercent, 6),
    ("%=1", .badPercent, 0), ("a=%FF", .badUTF8, 2), ("x=1&%ED%A0%80=2", .badUTF8, 4), ("=x", .badName, 0),
    ("b=1&[a]=2", .badName, 4),
    ("[]=1", .badName, 0), ("a[b=1", .badName, 0), ("a]=1", .badName, 0), ("a[b]c=1", .badName, 0),
    ("a[b[c]]=1", .badName, 0), ("a[b]]=1", .badName, 0),
    ("a=1&a[b]=2", .conflict, 4), ("a[b]=2&a=1", .conflict, 7), ("a=1&a[]=2", .conflict, 4),
    ("a[]=1&a[b]=2", .conflict, 6), ("a[b]=1&a[]=2", .conflict, 7),
    ("a[]=1&a=2", .conflict, 6), ("a[0]=1&a[]=2", .conflict, 7), ("a[b][c]=1&a[b]=2", .conflict, 10),
    ("a[b]=1&a[b][c]=2", .conflict, 7),
  ])
  func refused(_ text: String, _ kind: FormFault.Kind, _ offset: Int) {
    #expect(throws: FormFault(kind, offset: offset)) { try Self.json(Array(text.utf8)) }
  }

  @Test func rawBytesThatAreNotUTF8AreRefused() {
    #expect(throws: FormFault(.badUTF8, offset: 2)) { try Self.json([UInt8(ascii: "a"), UInt8(ascii: "="), 0xC3]) }
  }

  @Test func limits() throws {
    #expect(try Self.json(Array("a[b][c]=1".utf8), depth: 2) == #"{"a":{"b":{"c":"1"}}}"#)
    #expect(throws: FormFault(.tooDeep, offset: 0)) { try Self.json(Array("a[b][c]=1".utf8), depth: 1) }
    #expect(throws: FormFault(.tooDeep, offset: 0)) { try Self.json(Array("a[b]=1".utf8), depth: 0) }
    let deepest = Array(("a" + String(repeating: "[]", count: 63) + "=1").utf8)
    #expect(faultOfSkipping(Array(try Self.json(deepest, depth: 1_000).utf8)) == nil)
    #expect(try Self.json(Array("a=1&b=2".utf8), limit: 2).count == 17)
    #expect(throws: FormFault(.tooMany, offset: 4)) { try Self.json(Array("a=1&b=2".utf8), limit: 1) }
  }

  @Test func aQueryAndABodyMakeOneForm() throws {
    var form = Form(limit: 3)
    try bytes(of: "job[a]=1") { try form.add($0) }
    try bytes(of: "job[b]=2&job[a]=3") { try form.add($0) }
    #expect(written { form.write(to: $0) } == #"{"job":{"a":"3","b":"2"}}"#)
    #expect(throws: FormFault(.tooMany, offset: 0)) { try bytes(of: "c=1") { try form.add($0) } }
  }

  @Test func aLongFormIsReadInOneGo() throws {
    let text = (0..<4_000).map { "a[\($0)]=\($0)" }.joined(separator: "&")
    #expect(try JSON(parsing: Self.json(Array(text.utf8)))["a"]?.elements?.count == 4_000)
  }

  @Test func faultsReadLikeSentences() {
    for kind in FormFault.Kind.allCases { #expect(FormFault(kind, offset: 3).description.hasSuffix("(byte 3)")) }
  }
}
