import Credentials
import Testing

@Suite("A signed request that was touched") struct OneBitTests {
  /// Every bit of everything that is signed, one after the other.
  @Test("is refused for any one bit", arguments: Vectors.cases) func bits(_ one: Vectors.Case) throws {
    let gatekeeper = try Vectors.gatekeeper()
    let good = one.asked
    #expect(gatekeeper.fault(good, at: Vectors.now) == nil)
    var tried = 0
    func refuse(_ place: String, _ bytes: [UInt8], _ put: (Asked, [UInt8]) -> Void) {
      for index in bytes.indices {
        for bit in 0..<8 {
          var changed = bytes
          changed[index] ^= 1 << UInt8(bit)
          let asked = good.copy()
          put(asked, changed)
          tried += 1
          if gatekeeper.fault(asked, at: Vectors.now) == nil {
            Issue.record("\(place): bit \(bit) of byte \(index) went unseen")
          }
        }
      }
    }
    refuse("method", good.method) { $0.method = $1 }
    // What the canonical path leaves out is not signed: a second slash and one at the end.
    if one.target == one.path { refuse("path", good.path) { $0.path = $1 } }
    refuse("body", good.body) { $0.body = $1 }
    for index in good.headers.indices {
      let name = good.headers[index].name
      // What the version and the algorithm are is seen by their own rule; an API version is signed in 1.3 alone.
      if name == "x-ops-sign" || (name == "x-ops-server-api-version" && one.version != .v1_3) { continue }
      refuse(name, good.headers[index].value) { $0.headers[index].value = $1 }
    }
    #expect(tried > 3000)
  }

  @Test("is refused when its version is changed", arguments: Vectors.cases) func versions(_ one: Vectors.Case) throws {
    let gatekeeper = try Vectors.gatekeeper()
    for version in SignatureVersion.allCases where version != one.version {
      #expect(gatekeeper.fault(one.asked.with("x-ops-sign", "version=\(version.rawValue)"), at: Vectors.now) != nil)
    }
  }

  @Test("is refused when a piece of the signature is gone, twice there or another's", arguments: Vectors.cases)
  func pieces(_ one: Vectors.Case) throws {
    let gatekeeper = try Vectors.gatekeeper()
    let good = one.asked
    for number in 1...6 {
      let name = "x-ops-authorization-\(number)"
      for value in [nil, "", "XXX", "!", one.signature] {
        #expect(gatekeeper.fault(good.with(name, value), at: Vectors.now)?.text == Self.text)
      }
    }
    #expect(gatekeeper.fault(good.with("x-ops-authorization-7", "AAAA"), at: Vectors.now)?.text == Self.text)
    let empty = good.copy()
    empty.headers.removeAll { $0.name.hasPrefix("x-ops-authorization") }
    #expect(gatekeeper.fault(empty, at: Vectors.now)?.text == Self.text)
  }

  static let text = "Invalid signature for user or client 'gateway-tester'"
}
