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
