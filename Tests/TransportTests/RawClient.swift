import Dispatch
import Glibc

/// A blocking socket whose waits happen on a thread of their own, so that no test blocks another's tasks.
final class RawClient: @unchecked Sendable {
  struct Failure: Error, CustomStringConvertible { var description: String }

  struct Reply: Sendable {
    var status = 0
    var fields: [String: String] = [:]
    var body = ""
    /// The whole head, to look for what should not be there.
    var head = ""
  }

  private let descriptor: CInt
  private var pending: [UInt8] = []

  init(port: Int, receiveBuffer: Int? = nil) throws {
    descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(description: "socket: \(errno)") }
    if let receiveBuffer {
      var size = CInt(receiveBuffer)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
    }
    var one: CInt = 1
    setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<CInt>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(UInt16(port).bigEndian)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Failure(description: "connect: \(errno)") }
  }

  deinit { shut() }

  private var isShut = false

  func shut() {
    if !isShut { Glibc.close(descriptor) }
    isShut = true
  }

  /// Closes so that the peer gets a reset instead of an end.
  func abort() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    shut()
  }

  func endOutput() { shutdown(descriptor, CInt(SHUT_WR)) }

  func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Sends all; an error of the connection ends it silently, because a server may close while a flood is sent.
  func send(_ bytes: [UInt8]) async throws {
    await onThread { [descriptor] in
      var sent = 0
      while sent < bytes.count {
        var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&ready, 1, 5000) > 0 else { return }
        let count = bytes.withUnsafeBytes {
          Glibc.send(
            descriptor, $0.baseAddress.map { $0 + sent }, bytes.count - sent, CInt(MSG_NOSIGNAL))
        }
        guard count > 0 else { return }
        sent += count
      }
    }
  }

  /// How long an answer may take: longer under a sanitizer, where everything is slow.
  private static let patience = 5000 * (getenv("TEST_PATIENCE").flatMap { CInt(String(cString: $0)) } ?? 1)

  /// What comes next, empty at the end of the connection, nil when nothing comes in time.
  func receive(_ milliseconds: CInt = RawClient.patience) async -> [UInt8]? {
    await onThread { [descriptor] in
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, milliseconds) > 0 else { return nil }
      var bytes = [UInt8](repeating: 0, count: 65536)
      let count = recv(descriptor, &bytes, bytes.count, 0)
      return Array(bytes.prefix(max(count, 0)))
    }
  }

  /// Whether the server has ended the connection within the time; what still came is thrown away.
  func isEnded(within milliseconds: CInt = 5000) async -> Bool {
    while let bytes = await receive(milliseconds) { if bytes.isEmpty { return true } }
    return false
  }

  /// Everything until the end of the connection, or until nothing has come for a while.
  func drain(_ milliseconds: CInt = 1000) async -> [UInt8] {
    var all = pending
    pending = []
    while let bytes = await receive(milliseconds), !bytes.isEmpty { all += bytes }
    return all
  }

  /// Exactly that many bytes, or what there was.
  func take(_ count: Int) async -> [UInt8] {
    while pending.count < count {
      guard let bytes = await receive(), !bytes.isEmpty else { break }
      pending += bytes
    }
    let taken = Array(pending.prefix(count))
    pending.removeFirst(taken.count)
    return taken
  }

  /// One HTTP/1.1 answer.
  func reply(head isHead: Bool = false) async throws -> Reply {
    var end: Int?
    while end == nil {
      end = pending.indices.first { pending[$0...].starts(with: [13, 10, 13, 10]) }
      if end == nil {
        guard let bytes = await receive(), !bytes.isEmpty else {
          throw Failure(description: "no answer, only \(String(decoding: pending, as: UTF8.self))")
        }
        pending += bytes
      }
    }
    var reply = Reply()
    reply.head = String(decoding: pending.prefix(end ?? 0), as: UTF8.self)
    pending.removeFirst((end ?? 0) + 4)
    let lines = reply.head.split(separator: "\r\n")
    reply.status = lines.first.flatMap { Int($0.split(separator: " ")[1]) } ?? 0
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      reply.fields[String(parts[0])] = parts.count > 1 ? String(parts[1].drop { $0 == " " }) : ""
    }
    let hasBody = !isHead && reply.status >= 200 && reply.status != 204 && reply.status != 304
    let length = hasBody ? Int(reply.fields["content-length"] ?? "0") ?? 0 : 0
    reply.body = String(decoding: await take(length), as: UTF8.self)
    return reply
  }
}

/// Runs what blocks on a thread that is not one of the few that run tasks.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
  await withCheckedContinuation { continuation in
    DispatchQueue.global().async { continuation.resume(returning: body()) }
  }
}

/// Output of a command, standard error included, with its exit status.
func run(_ command: String) async -> (output: String, status: Int32) {
  await onThread {
    guard let pipe = popen("timeout 60 " + command + " 2>&1", "r") else { return ("", -1) }
    var output: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = fread(&piece, 1, piece.count, pipe)
      if count == 0 { break }
      output += piece.prefix(count)
    }
    return (String(decoding: output, as: UTF8.self), pclose(pipe))
  }
}
