import GRDB

import struct Foundation.Data

extension [UInt8] {
  /// The bytes as a statement argument. An empty array is an empty blob, not null.
  var blob: DatabaseValue { withUnsafeBytes { Data($0) }.databaseValue }
}

extension Row {
  /// The blob of a column; nil for null.
  func bytes(_ column: Int) throws -> [UInt8]? { try withUnsafeData(atIndex: column) { $0.map { [UInt8]($0) } } }
}
