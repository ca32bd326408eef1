import Glibc

/// Directories, made when they are missing.
enum Directories {
  /// Makes a directory, and those above it. Those above let everybody pass, but nobody list them.
  static func make(_ path: String, mode: mode_t) throws(SystemFault) {
    if made(path, mode) || errno == EEXIST { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex else {
      throw SystemFault("mkdir \(path)")
    }
    try make(String(path[..<slash]), mode: 0o711)
    guard made(path, mode) || errno == EEXIST else { throw SystemFault("mkdir \(path)") }
  }

  /// Whatever the process's mask says: a directory that others must pass through is of no use without that.
  private static func made(_ path: String, _ mode: mode_t) -> Bool {
    guard mkdir(path, mode) == 0 else { return false }
    let why = errno
    _ = chmod(path, mode)
    errno = why
    return true
  }

  /// The path from the root: a command that is told a path has a working directory of its own.
  static func absolute(_ path: String) -> String {
    guard path.utf8.first != UInt8(ascii: "/"), let here = getcwd(nil, 0) else { return path }
    defer { free(here) }
    return String(cString: here) + "/" + path
  }
}
