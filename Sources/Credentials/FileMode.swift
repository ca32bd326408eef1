/// Judges who may read a file that holds secrets.
package enum FileMode {
  /// What is wrong with a file's mode, in words for whoever can change it; nil when it is private enough.
  ///
  /// Nobody but the owner and the group may do anything with it, and the group may only read. It belongs to the one the
  /// server runs as, or to root.
  ///
  /// - Parameters:
  ///   - mode: `st_mode`; only the last nine bits count.
  ///   - owner: `st_uid`.
  ///   - user: whom the server runs as (`geteuid`).
  package static func complaint(mode: UInt32, owner: UInt32, user: UInt32) -> String? {
    let octal = String(mode & 0o777, radix: 8)
    let shownMode = String(repeating: "0", count: 4 - octal.count) + octal
    if mode & 0o007 != 0 { return "others can reach it (mode \(shownMode)): chmod 600" }
    if mode & 0o030 != 0 { return "its group can change it (mode \(shownMode)): chmod 640 or 600" }
    if owner != user, owner != 0 { return "it belongs to user \(owner), not to \(user) whom the server runs as" }
    return nil
  }
}
