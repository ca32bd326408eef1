import Glibc

/// Takes what a command prints on one channel: keeps the beginning, counts the rest.
///
/// A sink that cannot write any more goes on taking: a full disk must not block the command on a full pipe.
struct OutputSink: ~Copyable {
  private let path: String
  private let limit: Int
  private var file: Int32
  private var note: Int32
  private var kept = 0
  private var total: Int64 = 0
  /// Why nothing (more) could be kept; nil while all is well.
  private(set) var fault: String?

  /// The place for what there will be to say is taken now: on a full disk there would be none.
  init(path: String, limit: Int) {
    self.path = path
    self.limit = limit
    file = Self.create(path)
    if file < 0 { fault = SystemFault("open").description }
    note = Self.create(path + OutputStore.noteSuffix)
    if note >= 0 {
      do { try FileBytes.write(OutputNote.blank, to: note) } catch { fault = fault ?? error.description }
    }
  }

  private static func create(_ path: String) -> Int32 {
    open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0o600)
  }

  /// How many bytes there have been.
  var count: Int64 { total }

  mutating func take(_ bytes: UnsafeRawBufferPointer) {
    total += Int64(bytes.count)
    let room = min(bytes.count, limit - kept)
    guard fault == nil, room > 0 else { return }
    do {
      try FileBytes.write(UnsafeRawBufferPointer(rebasing: bytes[..<room]), to: file)
      kept += room
    } catch {
      fault = error.description
    }
  }

  /// Closes the file, and notes beside it how much is missing, and why.
  consuming func finish() -> String? {
    if total > Int64(kept) || fault != nil {
      if note >= 0, lseek(note, 0, SEEK_SET) == 0 {
        do { try FileBytes.write(OutputNote(total: total, fault: fault).bytes, to: note) } catch {
          fault = fault ?? error.description
        }
      }
    } else {
      unlink(path + OutputStore.noteSuffix)
    }
    return fault
  }

  deinit {
    if file >= 0 { close(file) }
    if note >= 0 { close(note) }
  }
}
