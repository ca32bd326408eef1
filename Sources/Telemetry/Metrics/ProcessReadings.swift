import Glibc

/// What the kernel knows of this process. What cannot be read — no descriptor is left to read it with — is left out.
package enum ProcessReadings {
  /// Makes the families `process_…` readable. `started` is in seconds since 1970.
  package static func add(to metrics: Metrics, started: Double) {
    metrics.read(.processCPU) { [Reading(cpuSeconds())] }
    metrics.read(.processResident) { pages(1).map { [Reading($0)] } ?? [] }
    metrics.read(.processVirtual) { pages(0).map { [Reading($0)] } ?? [] }
    metrics.read(.processOpenFiles) { openFiles().map { [Reading($0)] } ?? [] }
    metrics.read(.processMostFiles) { [Reading(mostFiles())] }
    metrics.read(.processStart) { [Reading(started)] }
  }

  private static func cpuSeconds() -> Double {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    let seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
    return Double(seconds) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
  }

  /// A number of `/proc/self/statm` in bytes: the first is the virtual size, the second the resident one.
  private static func pages(_ place: Int) -> Int? {
    guard let file = fopen("/proc/self/statm", "re") else { return nil }
    defer { fclose(file) }
    var line = [UInt8](repeating: 0, count: 256)
    let words = line[..<fread(&line, 1, line.count, file)].split(separator: UInt8(ascii: " "))
    guard place < words.count else { return nil }
    return Int(String(decoding: words[place], as: UTF8.self)).map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
  }

  private static func openFiles() -> Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    // The folder itself, its parent, and the descriptor that reads it.
    return count - 3
  }

  private static func mostFiles() -> Int {
    var limit = rlimit()
    getrlimit(Int32(RLIMIT_NOFILE.rawValue), &limit)
    return Int(clamping: limit.rlim_cur)
  }
}
