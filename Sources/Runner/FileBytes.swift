import Glibc

/// Whole files, in and out.
enum FileBytes {
  /// All bytes of a file; nil when there is none.
  static func read(_ path: String) throws(SystemFault) -> [UInt8]? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw SystemFault("open \(path)")
    }
    defer { close(file) }
    var state = stat()
    let expected = fstat(file, &state) == 0 ? max(0, Int(state.st_size)) : 0
    var bytes: [UInt8] = []
    bytes.reserveCapacity(expected)
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = chunk.withUnsafeMutableBytes { Glibc.read(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw SystemFault("read \(path)") }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
    }
  }

  /// Writes all bytes to an open file.
  static func write(_ bytes: [UInt8], to file: Int32) throws(SystemFault) {
    let failed = bytes.withUnsafeBytes { (bytes) -> SystemFault? in
      do throws(SystemFault) { try write(bytes, to: file) } catch { return error }
      return nil
    }
    if let failed { throw failed }
  }

  /// The same for bytes that are somewhere in memory.
  static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws(SystemFault) {
    var rest = bytes
    while !rest.isEmpty {
      let count = Glibc.write(file, rest.baseAddress, rest.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw SystemFault("write") }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }
}

/// The names in a directory.
enum FileNames {
  /// Without `.` and `..`; empty when the directory cannot be read.
  static func inside(_ directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}
