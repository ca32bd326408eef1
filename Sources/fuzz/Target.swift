/// Something that reads what anybody may send. Whatever it reads, it must not trap; what it must do is asserted.
protocol Target: AnyObject {
  init() throws

  /// Reads one input.
  func take(_ bytes: UnsafeRawBufferPointer)

  /// Inputs to begin with.
  func seeds() throws -> [[UInt8]]
}

/// The target that libFuzzer calls, on one thread only.
enum Running {
  nonisolated(unsafe) static var target: (any Target)?
}

/// Ends the process, so that the input is kept.
func must(_ isSo: Bool, _ what: String) { if !isSo { fatalError(what) } }
