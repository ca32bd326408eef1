import Glibc

/// An account of this machine.
struct Account: Sendable, Equatable {
  let name: String
  let uid: UInt32
  let gid: UInt32
  let home: String

  /// Asks the system's account database, which may be slow: not for an event loop.
  static func find(_ name: String) -> Account? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var size = 1024
    while size <= 1 << 20 {
      var buffer = [CChar](repeating: 0, count: size)
      let code = getpwnam_r(name, &entry, &buffer, size, &found)
      if code == 0 {
        guard found != nil, let home = entry.pw_dir else { return nil }
        return Account(name: name, uid: entry.pw_uid, gid: entry.pw_gid, home: String(cString: home))
      }
      guard code == ERANGE else { return nil }
      size *= 4
    }
    return nil
  }
}
