import Glibc

/// Memory of this process that is in use, in KiB.
func residentKilobytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var line = [CChar](repeating: 0, count: 128)
  guard fgets(&line, CInt(line.count), file) != nil else { return 0 }
  let text = line.prefix { $0 != 0 }.map { Character(UnicodeScalar(UInt8(bitPattern: $0))) }
  let pages = String(text).split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
  return pages * 4
}
