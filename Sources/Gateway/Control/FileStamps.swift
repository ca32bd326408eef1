import Glibc

/// What files looked like at one moment: when it differs, somebody has written.
struct FileStamps: Equatable, Sendable {
  private struct Stamp: Equatable, Sendable {
    var inode: UInt64
    var size: Int64
    var seconds: Int64
    var nanoseconds: Int64
  }

  private var stamps: [String: Stamp]

  /// Of files and folders; one that is not there is part of what it looks like. With a folder go the files in it, also
  /// those that could not be used when it was last read.
  init(of paths: [String]) {
    stamps = [:]
    for path in paths where add(path) {
      guard let names = try? Disk.files(path, ending: ".yaml") else { continue }
      for name in names { _ = add(name) }
    }
  }

  /// Whether it is a folder.
  private mutating func add(_ path: String) -> Bool {
    var found = stat()
    guard stat(path, &found) == 0 else { return false }
    stamps[path] = Stamp(
      inode: UInt64(found.st_ino), size: Int64(found.st_size), seconds: Int64(found.st_mtim.tv_sec),
      nanoseconds: Int64(found.st_mtim.tv_nsec))
    return found.st_mode & S_IFMT == S_IFDIR
  }
}
