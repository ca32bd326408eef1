import Telemetry
import Testing

private let plain = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

private func read(_ text: String) -> TraceContext? { lend(text) { TraceContext($0) } }

@Suite struct TracingTests {
  @Test func aContextIsReadAndWritten() throws {
    let context = try #require(read(plain))
    #expect(context.trace.high == 0x4bf9_2f35_77b3_4da6 && context.trace.low == 0xa3ce_929d_0e0e_4736)
    #expect(context.span == 0x00f0_67aa_0ba9_02b7 && context.isSampled)
    #expect(context.text == plain)
    #expect(read(plain.dropLast() + "0")?.isSampled == false)
    // Flags that are not known are not passed on.
    #expect(read(plain.dropLast(2) + "ff")?.text == plain)
  }

  @Test(
    arguments: [
      "", "00", plain + "-", plain + " ", plain + "-extra", " " + plain, plain.uppercased(),
      "00-4BF92F3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
      "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
      "00_4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7-01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7_01",
      "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
      "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
      "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.what",
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
    ]) func whatIsNone(_ text: String)
  { #expect(read(text) == nil) }

  @Test(
    arguments: [
      "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
      "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-will-be-like",
      "fe-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-09-",
    ]) func aLaterVersionIsReadAsFarAsItIsKnown(_ text: String)
  { #expect(read(text)?.text == plain) }

  @Test func aChildStaysInTheTrace() throws {
    var random = known()
    let parent = try #require(read(plain))
    let child = parent.child(using: &random)
    let second = parent.child(using: &random)
    #expect(child.trace == parent.trace && child.isSampled)
    #expect(Set([parent.span, child.span, second.span]).count == 3)
    let fresh = TraceContext(using: &random)
    #expect(fresh.trace != parent.trace && !fresh.isSampled)
    #expect(read(fresh.text) == fresh)
  }

  @Test func noContextIsEverZero() {
    struct Zero: RandomNumberGenerator { mutating func next() -> UInt64 { 0 } }
    var zero = Zero()
    let fresh = TraceContext(using: &zero)
    #expect(read(fresh.text) == fresh)
    #expect(read(fresh.child(using: &zero).text) != nil)
  }

  /// The first numbers of the authors' own program for the seed 1, 2, 3, 4.
  @Test func theGeneratorIsTheOneItSaysItIs() {
    var random = known()
    let first = (0..<6).map { _ in random.next() as UInt64 }
    #expect(
      first == [11520, 0, 1_509_978_240, 1_215_971_899_390_074_240, 1_216_172_134_540_287_360, 607_988_272_756_665_600])
    var dead = FastRandom(seed: (0, 0, 0, 0))
    #expect((0..<10).contains { _ in (dead.next() as UInt64) != 0 })
  }
}

@Suite struct RequestIDTests {
  @Test func idsDifferAndSort() {
    var random = known()
    let ids = RequestIDs(started: 1_795_332_683, using: &random)
    var one = ids.makeSource()
    var other = ids.makeSource()
    let first = (0..<3000).map { _ in one.make().text }
    let second = (0..<3000).map { _ in other.make().text }
    #expect(Set(first + second).count == 6000)
    #expect(first == first.sorted() && second == second.sorted())
    #expect(first.allSatisfy { $0.count == 19 && lend($0) { RequestID($0) } != nil })
    // A process that starts later has the greater ids.
    let later = RequestIDs(started: 1_795_332_684, using: &random)
    var source = later.makeSource()
    #expect(source.make().text > (second.last ?? "~"))
  }

  @Test func manyThreadsNeverMeet() async {
    var random = known()
    let ids = RequestIDs(started: 0, using: &random)
    let all = await withTaskGroup(of: [String].self) { group in
      for _ in 0..<4 {
        group.addTask {
          var source = ids.makeSource()
          return (0..<5000).map { _ in source.make().text }
        }
      }
      return await group.reduce(into: Set<String>()) { $0.formUnion($1) }
    }
    #expect(all.count == 20_000)
  }

  @Test(arguments: ["a", "7f3c-41.B_~", String(repeating: "x", count: 64)])
  func aSafeIDIsTakenUp(_ text: String) { #expect(lend(text) { RequestID($0) }?.text == text) }

  @Test(arguments: [
    "", String(repeating: "x", count: 65), "a b", "a\nb", "\"", "a/b", "é", "<x>", "$(x)", "a;b", "\u{7F}",
  ])
  func anUnsafeOneIsNot(_ text: String) { #expect(lend(text) { RequestID($0) } == nil) }
}
