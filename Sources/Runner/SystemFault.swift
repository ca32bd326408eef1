import Glibc

/// A system call that failed, in words for people.
struct SystemFault: Error, CustomStringConvertible {
  let code: Int32
  let description: String

  /// Takes the code from errno unless told another.
  init(_ what: String, code: Int32 = errno) {
    self.code = code
    description = "\(what): \(errorText(code))"
  }

  /// Words that need no code.
  init(saying description: String) {
    code = 0
    self.description = description
  }
}
