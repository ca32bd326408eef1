/// What a request shows of itself. Pointers are lent for the time of a check.
package protocol Call {
  /// The method as it was sent.
  var methodBytes: UnsafeRawBufferPointer { get }

  /// The path as it was sent, percent signs and all, without the query.
  var pathBytes: UnsafeRawBufferPointer { get }

  /// What follows the question mark, without it.
  var queryBytes: UnsafeRawBufferPointer { get }

  /// The common name of the client's certificate, when it gave one and it was found good; nil otherwise.
  var certificateName: String? { get }

  /// The value of the first field of that name, which is given in lower case.
  func header(_ lowercaseName: StaticString) -> UnsafeRawBufferPointer?
}

extension Call {
  /// The same, but an empty value is as good as none.
  func filled(_ name: StaticString) -> UnsafeRawBufferPointer? {
    guard let value = header(name), !value.isEmpty else { return nil }
    return value
  }
}
