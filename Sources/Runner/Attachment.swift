import Glibc

/// A job's attached file, there while its command runs.
struct Attachment: Sendable {
  let path: String

  /// Writes the file, for the account that will read it. One for each node, so that none can change another's.
  init(_ bytes: [UInt8], job: Int64, node: String, in directory: String, for account: Account?) throws(SystemFault) {
    // Passing through is for everybody, listing is not: other accounts must reach their own file.
    try Directories.make(directory, mode: 0o711)
    path = "\(directory)/\(job)-\(OutputStore.fileName(node))"
    unlink(path)
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw SystemFault("open \(path)") }
    defer { close(file) }
    do throws(SystemFault) {
      try FileBytes.write(bytes, to: file)
      if let account, fchown(file, account.uid, account.gid) != 0 { throw SystemFault("chown \(path)") }
    } catch {
      unlink(path)
      throw error
    }
  }

  func remove() { unlink(path) }
}
