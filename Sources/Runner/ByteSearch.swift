import Glibc

/// Finds bytes among bytes, at the C library's speed in debug builds too.
enum ByteSearch {
  /// Where `needle`, which is not empty, first stands; nil when it does not.
  static func first(_ needle: [UInt8], in all: UnsafeRawBufferPointer) -> Int? {
    guard let start = all.baseAddress else { return nil }
    var place = 0
    while place + needle.count <= all.count {
      guard let found = memchr(start + place, Int32(needle[0]), all.count - needle.count - place + 1) else {
        return nil
      }
      place = start.distance(to: UnsafeRawPointer(found))
      if memcmp(found, needle, needle.count) == 0 { return place }
      place += 1
    }
    return nil
  }
}
