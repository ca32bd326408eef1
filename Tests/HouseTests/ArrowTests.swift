import Foundation
import Testing

/// The house's own rules: who may import whom, and which names may stand where. The tables below are the architecture.
@Suite("The house") struct ArrowTests {
  /// Target → what it may import beside the language itself.
  static let arrows: [String: Set<String>] = [
    "JobModel": [],
    "Wire": ["CVector"],
    "YAMLFile": ["Yams"],
    "Mapping": ["JobModel", "Wire", "YAMLFile"],
    "Credentials": ["COpenSSL", "Wire"],
    "Phrasebook": ["JobModel", "YAMLFile"],
    "Policy": ["JobModel"],
    // GRDB takes blobs as Foundation's Data.
    "Ledger": ["JobModel", "GRDB", "Foundation"],
    "Runner": ["JobModel", "Subprocess"],
    "HTTP2": ["CNghttp2"],
    "Telemetry": [],
    "Transport": ["HTTP2", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS"],
    "Gateway": [
      "JobModel", "Wire", "YAMLFile", "Mapping", "Credentials", "Phrasebook", "Policy", "Ledger", "Runner",
      "Telemetry", "Transport", "Logging", "ServiceLifecycle", "UnixSignals", "FoundationEssentials",
    ],
    "dragoman": [
      "Gateway", "Ledger", "Phrasebook", "Runner", "Transport", "Mapping", "JobModel", "YAMLFile", "ArgumentParser",
      "Foundation",
      "FoundationEssentials",
    ],
    "costs": [
      "Mapping", "JobModel", "Wire", "CAllocations", "Foundation", "Credentials", "HTTP2", "Ledger", "Phrasebook",
      "Gateway",
    ],
    "fuzz": ["CFuzzer", "HTTP2", "JobModel", "Mapping", "Wire", "Foundation"],
  ]

  /// What belongs to the language and its C library.
  static let free: Set<String> = ["Swift", "Glibc", "Synchronization", "SystemPackage", "System"]

  /// Names of platforms, which the hub and the gateway must not know.
  static let platforms = [
    "pushy", "chef", "puppet", "orchestrator", "xplenty", "integrate.io", "slurm", "knife", "bolt",
  ]

  @Test("every import is an arrow of the table") func imports() throws {
    var wrong: [String] = []
    for (target, allowed) in Self.arrows {
      for file in try Self.files(of: target) {
        for (number, line) in file.lines.enumerated() {
          guard let module = Self.imported(line), !allowed.contains(module), !Self.free.contains(module) else {
            continue
          }
          wrong.append("\(file.path):\(number + 1): \(target) must not import \(module)")
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test("every target of Sources is in the table") func complete() throws {
    let folders = try FileManager.default.contentsOfDirectory(atPath: Self.root + "/Sources")
    let known = Set(Self.arrows.keys).union(["CNghttp2", "COpenSSL", "CVector", "CAllocations", "CFuzzer"])
    #expect(Set(folders).subtracting(known).isEmpty)
  }

  @Test("no platform's name in the hub or the gateway") func names() throws {
    var wrong: [String] = []
    for target in ["JobModel", "Gateway"] {
      for file in try Self.files(of: target) {
        for (number, line) in file.lines.enumerated() {
          for name in Self.platforms where line.lowercased().contains(name) {
            wrong.append("\(file.path):\(number + 1): '\(name)'")
          }
        }
      }
    }
    #expect(wrong.isEmpty, "\(wrong.joined(separator: "\n"))")
  }

  @Test("nghttp2 stays behind its door") func door() throws {
    var wrong: [String] = []
    for target in Self.arrows.keys where target != "HTTP2" {
      for file in try Self.files(of: target) where file.lines.contains(where: { $0.contains("nghttp2_") }) {
        wrong.append(file.path)
      }
    }
    #expect(wrong.isEmpty)
  }

  @Test("a planted import is found") func planted() {
    #expect(Self.imported("import NIOCore") == "NIOCore")
    #expect(Self.imported("  package import struct Mapping.Codec") == "Mapping")
    #expect(Self.imported("@preconcurrency import GRDB") == "GRDB")
    #expect(Self.imported("// import GRDB") == nil)
    #expect(!(Self.arrows["Wire"] ?? []).contains("JobModel"))
  }

  /// The module a line imports.
  static func imported(_ line: String) -> String? {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
    guard let at = words.firstIndex(of: "import"), words[..<at].allSatisfy({ modifiers.contains(String($0)) }) else {
      return nil
    }
    var rest = words[words.index(after: at)...]
    if let first = rest.first, kinds.contains(String(first)) { rest = rest.dropFirst() }
    return rest.first.map { String($0.prefix { $0 != "." }) }
  }

  private static let modifiers: Set<String> = [
    "package", "public", "internal", "fileprivate", "private", "@preconcurrency", "@_implementationOnly", "@testable",
  ]
  private static let kinds: Set<String> = ["struct", "class", "enum", "protocol", "func", "typealias", "var", "let"]

  private static let root = #filePath.components(separatedBy: "/Tests/")[0]

  private static func files(of target: String) throws -> [(path: String, lines: [String])] {
    let folder = root + "/Sources/" + target
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    return try names.filter { $0.hasSuffix(".swift") }.map { name in
      let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
      return (target + "/" + name, text.components(separatedBy: "\n"))
    }
  }
}
