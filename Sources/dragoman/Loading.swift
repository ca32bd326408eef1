import FoundationEssentials
import Gateway
import Glibc
import Mapping

/// Files for the commands, and the way they complain.
enum Loading {
  /// A line on standard error.
  static func complain(_ text: String) {
    var line = text + "\n"
    line.withUTF8 { _ = write(2, $0.baseAddress, $0.count) }
  }

  /// A dialect by `NAME` or `NAME@PROFILE`. Throws a `StartFault` that lists what there is.
  static func side(_ text: String, _ dialects: [Dialect]) throws -> Translation.Side {
    let parts = text.split(separator: "@", maxSplits: 1).map(String.init)
    guard let name = parts.first, let dialect = dialects.first(where: { $0.name == name }) else {
      throw StartFault.configuration(
        "there is no dialect '\(text)'; known are \(dialects.map(\.name).joined(separator: ", "))")
    }
    guard parts.count > 1 else { return Translation.Side(Codec(dialect)) }
    guard dialect.profiles.contains(parts[1]) else {
      throw StartFault.configuration(
        "\(name) has no profile '\(parts[1])'; it has \(dialect.profiles.joined(separator: ", "))")
    }
    return Translation.Side(Codec(dialect), profile: parts[1])
  }

  /// Everything on standard input.
  static func input() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(0, &buffer, buffer.count)
      if count <= 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}
