import HTTP2
import Testing

@Suite struct StoreTests {
  @Test func bytesGrowAndGo() {
    var store = ByteStore()
    for index in 0..<1000 { store.append(UInt8(index % 256)) }
    let size = (store.count, store.capacity)
    #expect(size.0 == 1000 && size.1 >= 1000)
    store.removeFirst(990)
    let last = Array(store.bytes)
    #expect(last == (990..<1000).map { UInt8($0 % 256) })
    let pieces = [(8, 100), (10, 1), (-1, 1)].map { ($0, Array(store.bytes(from: $0, count: $1)).count) }
    #expect(pieces.map(\.1) == [2, 0, 0])
    store.clear(keeping: 100)
    let cleared = (store.isEmpty, store.capacity)
    #expect(cleared == (true, 0))
    store.append(room: 10) { room in
      room[0] = 7
      return 1
    }
    let written = Array(store.bytes)
    #expect(written == [7])
    store.removeFirst(5)
    let isEmpty = store.isEmpty
    #expect(isEmpty)
  }

  @Test func fieldsAreFoundByName() {
    var block = FieldBlock()
    block.append(lowercasing: Status.immortal("Content-Type"), value: Status.immortal("text/plain"))
    block.append(name: Status.immortal("x"), value: Status.immortal(""))
    block.append(name: Status.immortal("x"), value: Status.immortal("second"))
    let piece = block.putAside(Status.immortal("/path"))
    let found = [block.value(of: "content-type"), block.value(of: "x"), block.value(of: "y"), block.bytes(of: piece)]
      .map { $0.map { String(decoding: $0, as: UTF8.self) } }
    #expect(found == ["text/plain", "", nil, "/path"])
    let size = (block.count, block.listSize)
    #expect(size == (3, 12 + 10 + 1 + 7 + 5 + 4 * 32))
    block.clear()
    let cleared = (block.count, block.listSize)
    #expect(cleared == (0, 0))
  }

  private func block(_ fields: [(String, String)]) -> FieldBlock {
    var block = FieldBlock()
    for (name, value) in fields {
      Array(name.utf8).withUnsafeBytes { name in
        Array(value.utf8).withUnsafeBytes { block.append(name: name, value: $0) }
      }
    }
    return block
  }

  @Test(
    arguments: [
      ([("name", "value"), ("a", "bc")], true), ([("name", "value"), ("ab", "c")], false),
      ([("name", "value"), ("a", "bd")], false), ([("a", "bc"), ("name", "value")], false),
      ([("name", "value")], false),
      ([], false),
    ] as [([(String, String)], Bool)])
  func blocksAreTheSameWhenTheirFieldsAre(_ fields: [(String, String)], _ areSame: Bool) {
    let one = block([("name", "value"), ("a", "bc")])
    let other = block(fields)
    let found = (one.isSame(as: other), other.isSame(as: one))
    #expect(found == (areSame, areSame))
    // Bounds between names and values do not show in the mark: it only says where to look.
    let marks = (one.mark, other.mark)
    #expect(!areSame || marks.0 == marks.1)
  }

  @Test func aBlockTakesUpAnother() {
    var one = block([("name", "value")])
    var other = block([("a", "bc")])
    let piece = other.putAside(Status.immortal("/path"))
    other.append(name: Status.immortal("t"), value: Status.immortal("1"))
    other.markLastAsPassing()
    let start = one.append(contentsOf: other)
    let found = ["name", "a", "t"].map { (name: StaticString) in
      one.value(of: name).map { String(decoding: $0, as: UTF8.self) }
    }
    #expect(found == ["value", "bc", "1"])
    let shifted = FieldBlock.Piece(offset: start + piece.offset, count: piece.count)
    let path = String(decoding: one.bytes(of: shifted), as: UTF8.self)
    let rest = (one.listSize, one.isPassing(1), one.isPassing(2))
    #expect(path == "/path" && rest == (41 + 35 + 37 + 34, false, true))
  }

  @Test func aValueCannotEndItsLine() {
    var block = FieldBlock()
    block.append(name: Status.immortal("a"), value: Status.immortal("b\r\nc\0d"))
    block.straightenLastValue()
    let text = block.value(of: "a").map { String(decoding: $0, as: UTF8.self) }
    #expect(text == "b  c d")
    let size = block.listSize
    #expect(size == 1 + 6 + 32)
  }

  @Test(arguments: [(200, "200"), (999, "999"), (100, "100"), (99, "500"), (1000, "500")])
  func statusesAreDigits(status: Int, digits: String) {
    #expect(Status.digits(status).elementsEqual(digits.utf8))
  }
}
