import Glibc

/// What one command may use. Each is nil for no limit but the gateway's own, and none can be above the gateway's.
package struct RunnerLimits: Sendable, Equatable {
  /// Bytes of address space of each process.
  package var memory: Int?
  /// Processes of the account the command runs as, all of them together, whoever started them. Root has no such limit.
  package var processes: Int?
  /// Open files of each process.
  package var files: Int?
  /// Bytes of the longest file a process may write.
  package var fileSize: Int?
  /// Seconds of processor time of each process.
  package var cpuSeconds: Int?
  /// Whether a process that dies by a signal may leave a core file.
  package var cores: Bool

  /// Limits.
  package init(
    memory: Int? = nil, processes: Int? = nil, files: Int? = nil, fileSize: Int? = nil, cpuSeconds: Int? = nil,
    cores: Bool = false
  ) {
    self.memory = memory
    self.processes = processes
    self.files = files
    self.fileSize = fileSize
    self.cpuSeconds = cpuSeconds
    self.cores = cores
  }

  /// Whether `prlimit` is needed for more than cores, without which a command can do.
  var isSet: Bool { memory != nil || processes != nil || files != nil || fileSize != nil || cpuSeconds != nil }

  /// util-linux's prlimit, with these limits, and the command behind it.
  func words(_ prlimit: String) -> [String] {
    var words = [prlimit]
    func limit(_ name: String, _ value: Int?, more: Int = 0) {
      if let value { words.append("--\(name)=\(value):\(value + more)") }
    }
    limit("as", memory)
    limit("nproc", processes)
    limit("nofile", files)
    limit("fsize", fileSize)
    // A second to hear the signal that can be told from others, before the one that cannot.
    limit("cpu", cpuSeconds, more: 1)
    if !cores { words.append("--core=0:0") }
    return words.count == 1 ? [] : words + ["--"]
  }

  /// No higher than what this process may have itself; nobody but root could ask for more.
  func within(_ own: (Resource) -> Int) -> RunnerLimits {
    var limits = self
    limits.memory = memory.map { min($0, own(.memory)) }
    limits.processes = processes.map { min($0, own(.processes)) }
    limits.files = files.map { min($0, own(.files)) }
    limits.fileSize = fileSize.map { min($0, own(.fileSize)) }
    limits.cpuSeconds = cpuSeconds.map { min($0, own(.cpu) - 1) }
    return limits
  }

  enum Resource { case memory, processes, files, fileSize, cpu }

  /// The highest this process may have.
  static func own(_ resource: Resource) -> Int {
    let number =
      switch resource {
      case .memory: RLIMIT_AS
      case .processes: __RLIMIT_NPROC
      case .files: RLIMIT_NOFILE
      case .fileSize: RLIMIT_FSIZE
      case .cpu: RLIMIT_CPU
      }
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(number.rawValue), &limit) == 0 else { return Int.max }
    return Int(clamping: limit.rlim_max)
  }

  /// What an ending says about a limit; nil when it says nothing. A shell tells of a signal by an exit code.
  func reason(of ending: JobLife.Ending) -> String? {
    let signal: Int32
    switch ending {
    case .signalled(let number): signal = number
    case .exited(let code) where code > 128: signal = code - 128
    default: return nil
    }
    switch signal {
    case SIGXCPU: return cpuSeconds.map { "went over the limit of \($0) s of processor time" }
    case SIGXFSZ: return fileSize.map { "went over the limit of \($0) bytes a file" }
    default: return nil
    }
  }
}
