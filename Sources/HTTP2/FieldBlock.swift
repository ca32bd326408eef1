import Glibc

/// Header fields in the order they came, all in one store, names in lower case; no string is made.
package struct FieldBlock: ~Copyable {
  /// A piece of the block's store.
  package struct Piece: Sendable, Equatable {
    /// Where it begins.
    package var offset: Int

    /// How many bytes it has.
    package var count: Int

    /// The `count` bytes from `offset` on.
    package init(offset: Int, count: Int) {
      self.offset = offset
      self.count = count
    }

    /// A piece without bytes.
    package static let none = Piece(offset: 0, count: 0)
  }

  /// No padding in it: entries are compared byte by byte.
  private struct Entry: BitwiseCopyable {
    var offset: Int32
    var nameCount: Int32
    var valueCount: Int32
    /// 1 where the value is another one each time.
    var isPassing: Int32 = 0
  }

  private var store = ByteStore()
  private var entries = List<Entry>()

  /// Size as RFC 9113 §10.5.1 counts it: name, value and 32 octets for each field, pieces put aside included.
  package private(set) var listSize = 0

  /// A block without fields.
  package init() {}

  /// Number of fields.
  package var count: Int { entries.count }

  /// Name of the field at `index`; valid until the block is next changed.
  package func name(_ index: Int) -> UnsafeRawBufferPointer {
    let entry = entries[index]
    return store.bytes(from: Int(entry.offset), count: Int(entry.nameCount))
  }

  /// Value of the field at `index`; valid until the block is next changed.
  package func value(_ index: Int) -> UnsafeRawBufferPointer {
    let entry = entries[index]
    return store.bytes(from: Int(entry.offset + entry.nameCount), count: Int(entry.valueCount))
  }

  /// Whether the field at `index` has another value each time, so that nobody should remember it for the next message.
  package func isPassing(_ index: Int) -> Bool { entries[index].isPassing != 0 }

  /// Marks the last field as one that has another value each time.
  package mutating func markLastAsPassing() {
    guard var last = entries.popLast() else { return }
    last.isPassing = 1
    entries.append(last)
  }

  /// The bytes of a piece; valid until the block is next changed.
  package func bytes(of piece: Piece) -> UnsafeRawBufferPointer {
    store.bytes(from: piece.offset, count: piece.count)
  }

  /// Index of the first field of that name, which has to be given in lower case.
  package func index(of name: StaticString) -> Int? {
    let length = name.utf8CodeUnitCount
    for (index, entry) in entries.elements.enumerated() where Int(entry.nameCount) == length {
      let candidate = store.bytes(from: Int(entry.offset), count: length)
      guard let start = candidate.baseAddress else { continue }
      if memcmp(start, name.utf8Start, length) == 0 { return index }
    }
    return nil
  }

  /// Value of the first field of that name, which has to be given in lower case; valid until the block is next changed.
  package func value(of name: StaticString) -> UnsafeRawBufferPointer? {
    guard let index = index(of: name) else { return nil }
    return value(index)
  }

  /// Adds a field; the name is taken as it is.
  package mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    entries.append(
      Entry(offset: Int32(store.count), nameCount: Int32(name.count), valueCount: Int32(value.count)))
    store.append(name, value)
    listSize += name.count + value.count + 32
  }

  /// Adds a field and writes its name in lower case.
  package mutating func append(lowercasing name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
    entries.append(
      Entry(offset: Int32(store.count), nameCount: Int32(name.count), valueCount: Int32(value.count)))
    store.append(room: name.count) { room in
      var index = 0
      while index &+ 8 <= name.count {
        let word = name.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        room.storeBytes(of: EightBytes.lowercased(word), toByteOffset: index, as: UInt64.self)
        index &+= 8
      }
      while index < name.count {
        let byte = name[index]
        room[index] = byte &- 65 < 26 ? byte | 0x20 : byte
        index &+= 1
      }
      return name.count
    }
    store.append(value)
    listSize += name.count + value.count + 32
  }

  /// Replaces in the last value each byte that would end a line by a space (RFC 9110 §5.5).
  package mutating func straightenLastValue() {
    guard let last = entries.elements.last, last.valueCount > 0 else { return }
    let value = store.bytes(from: Int(last.offset + last.nameCount), count: Int(last.valueCount))
    guard value.contains(where: { $0 == 13 || $0 == 10 || $0 == 0 }) else { return }
    let safe = value.map { $0 == 13 || $0 == 10 || $0 == 0 ? UInt8(32) : $0 }
    let name = Array(store.bytes(from: Int(last.offset), count: Int(last.nameCount)))
    _ = entries.popLast()
    listSize -= name.count + safe.count + 32
    name.withUnsafeBytes { name in safe.withUnsafeBytes { append(name: name, value: $0) } }
  }

  /// Adds all that another block holds, as it is; gives where its pieces begin here.
  @discardableResult
  package mutating func append(contentsOf other: borrowing FieldBlock) -> Int {
    let base = store.count
    store.append(other.store.bytes)
    for entry in other.entries.elements {
      var entry = entry
      entry.offset += Int32(base)
      entries.append(entry)
    }
    listSize += other.listSize
    return base
  }

  /// Whether another block holds the same fields and pieces, in the same order.
  package func isSame(as other: borrowing FieldBlock) -> Bool {
    guard FieldBlock.areSame(store.bytes, other.store.bytes) else { return false }
    return FieldBlock.areSame(
      UnsafeRawBufferPointer(entries.elements), UnsafeRawBufferPointer(other.entries.elements))
  }

  private static func areSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
    guard one.count == other.count else { return false }
    guard let one = one.baseAddress, let begin = other.baseAddress else { return true }
    return memcmp(one, begin, other.count) == 0
  }

  /// A number that is the same for blocks that hold the same, and mostly another one for others.
  package var mark: UInt64 {
    var (one, other) = (UInt64(store.count), UInt64(entries.count))
    let bytes = store.bytes
    var index = 0
    while index &+ 16 <= bytes.count {
      one = FieldBlock.mixed(one, bytes, index)
      other = FieldBlock.mixed(other, bytes, index &+ 8)
      index &+= 16
    }
    while index < bytes.count {
      one = (one ^ UInt64(bytes[index])) &* FieldBlock.factor
      index &+= 1
    }
    one ^= other &* FieldBlock.factor
    return one ^ one >> 32
  }

  /// Odd, and its bits have no pattern: 2 to the 64th, divided by the golden ratio.
  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  private static func mixed(_ mark: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    let mixed = (mark ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* factor
    return mixed ^ mixed >> 29
  }

  /// Hands over every field with whether its value is another one each time.
  @inline(__always)
  func forEach(_ body: (_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer, _ isPassing: Bool) -> Void) {
    let bytes = store.bytes
    for entry in entries.elements {
      let (start, middle) = (Int(entry.offset), Int(entry.offset + entry.nameCount))
      let end = middle + Int(entry.valueCount)
      body(
        UnsafeRawBufferPointer(rebasing: bytes[start..<middle]), UnsafeRawBufferPointer(rebasing: bytes[middle..<end]),
        entry.isPassing != 0)
    }
  }

  /// Keeps bytes that are no field, such as a method or a target, beside the fields.
  package mutating func putAside(_ bytes: UnsafeRawBufferPointer) -> Piece {
    let piece = Piece(offset: store.count, count: bytes.count)
    store.append(bytes)
    listSize += bytes.count + 32
    return piece
  }

  /// Forgets every field. Memory is kept for the next use, unless there is more of it than `limit` bytes.
  package mutating func clear(keeping limit: Int = .max) {
    entries.removeAll()
    store.clear(keeping: limit)
    listSize = 0
  }
}
