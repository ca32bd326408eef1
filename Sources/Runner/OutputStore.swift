import Glibc

/// The files in which outputs are kept: a directory for each job, a file for each node and channel.
struct OutputStore: Sendable {
  let root: String

  /// The file of one channel. Node names may hold anything, so all but letters, digits, `-` and `_` is escaped.
  func path(job: Int64, node: String, channel: OutputChannel) -> String {
    "\(root)/\(job)/\(Self.fileName(node)).\(channel.rawValue)"
  }

  /// Makes an empty directory for a job.
  func prepare(job: Int64) throws(SystemFault) {
    try Directories.make(root, mode: 0o700)
    try Directories.make("\(root)/\(job)", mode: 0o700)
  }

  /// Forgets a job's outputs.
  func remove(job: Int64) {
    let directory = "\(root)/\(job)"
    for name in FileNames.inside(directory) { unlink("\(directory)/\(name)") }
    rmdir(directory)
  }

  /// What has been kept so far; nil when nothing was captured.
  func read(job: Int64, node: String, channel: OutputChannel) throws(OutputFault) -> CapturedOutput? {
    let path = path(job: job, node: node, channel: channel)
    do {
      guard let bytes = try FileBytes.read(path) else { return nil }
      let note = try FileBytes.read(path + Self.noteSuffix)
      let said = note.flatMap(OutputNote.init)
      // There was no room even for the blank.
      let fault = note?.isEmpty == true ? "no room on the disk" : said?.fault
      return CapturedOutput(bytes: bytes, total: max(said?.total ?? 0, Int64(bytes.count)), fault: fault)
    } catch {
      throw .unreadable(error.description)
    }
  }

  /// Beside an output that is not whole lies a file that says so.
  static let noteSuffix = ".note"

  static func fileName(_ node: String) -> String {
    var name = ""
    for byte in node.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
        name.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    // File systems end at 255 bytes: of a longer name, its beginning and a digest (64-bit FNV-1a) of all of it.
    guard name.utf8.count > 200 else { return name }
    let digest = node.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    return name.prefix(160) + "~" + String(digest, radix: 16)
  }
}
