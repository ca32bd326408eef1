/// One of the two streams a command prints to.
package enum OutputChannel: String, Sendable, CaseIterable {
  /// What a command says.
  case stdout
  /// What it says about itself.
  case stderr
}

/// What a command printed on one channel.
package struct CapturedOutput: Sendable, Equatable {
  /// From the beginning, up to the runner's limit.
  package let bytes: [UInt8]
  /// How many there were in all, as far as is known.
  package let total: Int64
  /// Why no more could be kept, in the system's words; nil unless something went wrong.
  package let fault: String?
  /// Bytes are missing at the end.
  package var isTruncated: Bool { total > Int64(bytes.count) || fault != nil }
  /// A line for whoever shows a truncated output to people; nil when all is there. Never part of `bytes`.
  package var note: String? {
    if let fault { return "[not kept after the first \(bytes.count) of \(total) bytes: \(fault)]" }
    return isTruncated ? "[truncated: the first \(bytes.count) of \(total) bytes]" : nil
  }

  /// An output.
  package init(bytes: [UInt8], total: Int64, fault: String? = nil) {
    self.bytes = bytes
    self.total = total
    self.fault = fault
  }
}

/// Why an output could not be read; the text is the system's.
package enum OutputFault: Error, Sendable, Equatable { case unreadable(String) }
