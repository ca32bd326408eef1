import CNghttp2
import Glibc

/// The head of the message that came last on a connection, by which the next one is known if it is the same.
///
/// Who asks again sends the same head, and the table of the header compression (RFC 7541 §2.3.2) then gives out the very
/// objects that it gave out before: two addresses are compared for a field. Values that are in no table, as `:path` mostly
/// is, are compared byte by byte. A head that is the same to its end is copied in one piece, and not field by field.
struct LastHead: ~Copyable {
  /// A field, as the library counts references to it.
  private struct Pair: BitwiseCopyable {
    var name: OpaquePointer
    var value: OpaquePointer
  }

  private var pairs = List<Pair>()
  private var copy = HeadCopy()

  /// Fields of the head that is coming and are the same so far; nil when one was not.
  private var same: Int?

  /// Fields of the head that is coming, where that is to be remembered.
  private var coming = List<Pair>()
  private var isLearning = false
  private var isStale = false

  /// Heads in a row that were not the one before.
  private var misses = 0

  /// Octets of a head above which it is not remembered (RFC 9113 §10.5.1).
  private static let mostBytes = 8 * 1024

  /// A header block begins.
  mutating func begin() {
    if isStale { dropPairs() }
    same = pairs.count > 0 ? 0 : nil
    if coming.count > 0 { dropComing() }
    isLearning = same == nil && isWorthIt
  }

  /// Whether clients that ask for another thing each time should be looked at once more: ever more seldom.
  private var isWorthIt: Bool { misses & (misses - 1) == 0 }

  /// Notes the next field: -1 when it is the one that came at this place the last time. Otherwise how many came before it
  /// that were, and that nobody has kept yet.
  @inline(__always)
  mutating func meet(_ name: OpaquePointer, _ value: OpaquePointer) -> Int {
    if let index = same, index < pairs.count, LastHead.isSame(pairs[index], name, value) {
      same = index + 1
      return -1
    }
    return part(name, value)
  }

  /// The name of a field that was the same.
  func name(_ index: Int) -> UnsafeRawBufferPointer { LastHead.bytes(pairs[index].name) }

  /// Its value.
  func value(_ index: Int) -> UnsafeRawBufferPointer { LastHead.bytes(pairs[index].value) }

  @inline(__always)
  private static func isSame(_ pair: Pair, _ name: OpaquePointer, _ value: OpaquePointer) -> Bool {
    (pair.name == name || isEqual(pair.name, name)) && (pair.value == value || isEqual(pair.value, value))
  }

  private static func isEqual(_ one: OpaquePointer, _ other: OpaquePointer) -> Bool {
    let (one, other) = (bytes(one), bytes(other))
    guard one.count == other.count else { return false }
    guard let begin = one.baseAddress, let end = other.baseAddress else { return true }
    return memcmp(begin, end, one.count) == 0
  }

  @inline(never)
  private mutating func part(_ name: OpaquePointer, _ value: OpaquePointer) -> Int {
    let before = part()
    if isLearning { learn(Pair(name: name, value: value)) }
    return before
  }

  /// The head is another one from here on: how many fields were the same.
  private mutating func part() -> Int {
    guard let before = same else { return 0 }
    same = nil
    misses += 1
    isLearning = isWorthIt
    if isLearning { for pair in pairs.elements.prefix(before) { learn(pair) } }
    return before
  }

  private mutating func learn(_ pair: Pair) {
    nghttp2_rcbuf_incref(pair.name)
    nghttp2_rcbuf_incref(pair.value)
    coming.append(pair)
  }

  /// The header block is over. What was the same to its end is given to the stream, and -1 answered; otherwise how many
  /// fields were that nobody has kept yet.
  @inline(__always)
  mutating func end(_ stream: Stream) -> Int {
    guard let index = same else { return 0 }
    // It may end before the other one does.
    guard index == pairs.count else { return part() }
    misses = 0
    copy.give(to: stream)
    return -1
  }

  /// Remembers what a stream has kept, if that is worth it.
  @inline(never)
  mutating func remember(_ stream: Stream) {
    guard isLearning else { return }
    isLearning = false
    guard coming.count > 0, !stream.fieldsOverflowed, stream.fields.listSize <= LastHead.mostBytes else {
      misses += 1
      return dropComing()
    }
    dropPairs()
    for pair in coming.elements { pairs.append(pair) }
    coming.removeAll()
    copy.take(from: stream)
  }

  /// The head may be one that would be refused now. One that is coming goes on as it began.
  mutating func distrust() { isStale = true }

  /// Forgets everything. The last thing that has to be done, because what is referred to lies in the memory of the session's
  /// engine.
  mutating func clear() {
    dropPairs()
    dropComing()
  }

  private mutating func dropPairs() {
    LastHead.letGo(pairs)
    pairs.removeAll()
    isStale = false
  }

  private mutating func dropComing() {
    LastHead.letGo(coming)
    coming.removeAll()
  }

  private static func letGo(_ pairs: borrowing List<Pair>) {
    for pair in pairs.elements {
      nghttp2_rcbuf_decref(pair.name)
      nghttp2_rcbuf_decref(pair.value)
    }
  }

  /// What the library's object holds, as long as that is referred to.
  @inline(__always)
  static func bytes(_ object: OpaquePointer) -> UnsafeRawBufferPointer {
    let piece = nghttp2_rcbuf_get_buf(object)
    return UnsafeRawBufferPointer(start: piece.base, count: piece.len)
  }
}

/// A head as a stream keeps it.
private struct HeadCopy: ~Copyable {
  private var fields = FieldBlock()
  private var methodPiece = FieldBlock.Piece.none
  private var targetPiece = FieldBlock.Piece.none
  private var hasAuthority = false
  private var status = 0
  private var mark: UInt64 = 0

  mutating func take(from stream: Stream) {
    fields.clear()
    fields.append(contentsOf: stream.fields)
    (methodPiece, targetPiece, hasAuthority) = (stream.methodPiece, stream.targetPiece, stream.hasAuthority)
    status = stream.status
    mark = fields.mark
  }

  /// To a stream that has none yet.
  @inline(__always)
  func give(to stream: Stream) {
    stream.fields.append(contentsOf: fields)
    // A call's own pieces are those of what it sends.
    if status == 0 { (stream.methodPiece, stream.targetPiece) = (methodPiece, targetPiece) }
    stream.hasAuthority = hasAuthority
    stream.status = status
    stream.knownMark = mark
  }
}
