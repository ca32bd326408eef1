import COpenSSL

/// A type that holds something secret and prints as `…` however it is asked: described, debugged, reflected or dumped.
/// None of them is `Codable`, so nothing can encode one by accident.
protocol Unspoken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Unspoken {
  package var description: String { "…" }
  package var debugDescription: String { "…" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A token, key or password that has to be kept as it is, because it is sent to a backend. Wiped when the last holder
/// lets it go.
package struct Secret: Sendable, Unspoken {
  private let box: Box

  /// Takes a secret as it stands in a file or a variable; white space around it is dropped, as editors leave some.
  ///
  /// - Throws: `SetupFault.emptySecret`, or `.unprintableSecret` for what no header can carry (RFC 9110 §5.5): a control
  ///   character, a space, or anything beyond ASCII.
  package init(_ text: [UInt8]) throws(SetupFault) {
    let isSpace: (UInt8) -> Bool = { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let inner = text.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
    guard !inner.isEmpty else { throw .emptySecret }
    guard inner.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .unprintableSecret }
    box = Box(Array(inner))
  }

  /// The same from a string.
  package init(_ text: String) throws(SetupFault) { try self.init(Array(text.utf8)) }

  /// What is kept. Only for the header that has to carry it.
  var revealed: String { String(decoding: box.bytes, as: UTF8.self) }

  private final class Box: Sendable, Unspoken {
    nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

    init(_ secret: [UInt8]) {
      bytes = .allocate(byteCount: secret.count, alignment: 1)
      bytes.copyBytes(from: secret)
    }

    deinit {
      OPENSSL_cleanse(bytes.baseAddress, bytes.count)
      bytes.deallocate()
    }
  }
}
