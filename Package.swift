// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

/// For rooms whose tests look inside, in the build that is tested, too.
let testable = settings + [.unsafeFlags(["-enable-testing"], .when(configuration: .release))]

let package = Package(
  name: "dragoman",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2", traits: []),
  ],
  targets: [
    .target(name: "JobModel", swiftSettings: settings),
    .systemLibrary(name: "CVector"),
    .target(name: "Wire", dependencies: ["CVector"], swiftSettings: settings),
    .target(
      name: "Mapping",
      dependencies: ["JobModel", "Wire", "YAMLFile"],
      resources: [
        .embedInCode("Files/canonical.yaml"), .embedInCode("Files/orchestrator.yaml"),
        .embedInCode("Files/pushy.yaml"), .embedInCode("Files/xplenty.yaml"),
      ],
      swiftSettings: settings),
    .target(name: "YAMLFile", dependencies: [.product(name: "Yams", package: "Yams")], swiftSettings: settings),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "Credentials", dependencies: ["COpenSSL", "Wire"], swiftSettings: testable),
    .target(name: "Phrasebook", dependencies: ["JobModel", "YAMLFile"], swiftSettings: settings),
    .target(name: "Policy", dependencies: ["JobModel"], swiftSettings: settings),
    .target(
      name: "Ledger",
      dependencies: ["JobModel", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: testable),
    .target(
      name: "Runner",
      dependencies: ["JobModel", .product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: settings),
    .systemLibrary(
      name: "CNghttp2",
      pkgConfig: "libnghttp2",
      providers: [.apt(["libnghttp2-dev"])]),
    .target(name: "HTTP2", dependencies: ["CNghttp2"], swiftSettings: settings),
    .target(
      name: "Transport",
      dependencies: [
        "HTTP2",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOTLS", package: "swift-nio"),
      ],
      swiftSettings: settings),
    .target(name: "Telemetry", swiftSettings: settings),
    .target(
      name: "Gateway",
      dependencies: [
        "JobModel", "Wire", "Mapping", "Credentials", "Phrasebook", "Policy", "Ledger", "Runner", "Telemetry",
        "Transport", "YAMLFile",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ],
      resources: [.embedInCode("dragoman.yaml")],
      swiftSettings: settings),
    .executableTarget(
      name: "dragoman",
      dependencies: [
        "Gateway", "Ledger", "Phrasebook", "Runner", "Transport", "Mapping", "JobModel", "YAMLFile",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .target(name: "CAllocations"),
    .executableTarget(
      name: "costs",
      dependencies: [
        "CAllocations", "Credentials", "Gateway", "HTTP2", "JobModel", "Ledger", "Mapping", "Phrasebook", "Wire",
      ],
      swiftSettings: settings),
    .testTarget(name: "JobModelTests", dependencies: ["JobModel"], swiftSettings: settings),
    .testTarget(name: "HouseTests", swiftSettings: settings),
    .testTarget(
      name: "CredentialsTests",
      dependencies: [
        "Credentials", "Policy", "JobModel", "Wire", .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "PhrasebookTests", dependencies: ["Phrasebook", "YAMLFile", "JobModel"], swiftSettings: settings),
    .testTarget(name: "HTTP2Tests", dependencies: ["HTTP2"], swiftSettings: settings),
    .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"], swiftSettings: settings),
    .testTarget(name: "TransportTests", dependencies: ["Transport"], swiftSettings: settings),
    .testTarget(name: "WireTests", dependencies: ["Wire"], resources: [.copy("Corpus")], swiftSettings: settings),
    .testTarget(
      name: "MappingTests", dependencies: ["Mapping", "JobModel", "Wire", "YAMLFile"], exclude: ["Broken"],
      swiftSettings: settings),
    .testTarget(name: "LawTests", dependencies: ["Mapping", "JobModel", "Wire", "YAMLFile"], swiftSettings: settings),
    .testTarget(
      name: "LedgerTests",
      dependencies: [
        "Ledger", "JobModel", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Subprocess", package: "swift-subprocess"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RunnerTests",
      dependencies: ["Runner", "JobModel", .product(name: "Subprocess", package: "swift-subprocess")],
      swiftSettings: settings),
  ]
)

// deploy/fuzz says where libFuzzer is; without it there is nothing to link with.
if let library = Context.environment["LIBFUZZER"] {
  package.targets += [
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "fuzz", dependencies: ["CFuzzer", "HTTP2", "JobModel", "Mapping", "Wire"], swiftSettings: settings,
      linkerSettings: [.unsafeFlags([library, "-lstdc++"])]),
  ]
}
