// swift-tools-version: 6.2
import PackageDescription

// The house, read from here: dependencies point one way, at `Cancels`, which imports nothing.
// Each third-party package is imported at one edge: GRDB in the store, AsyncHTTPClient in HTX,
// Hummingbird in the sandbox.
let package = Package(
    name: "Quash",
    products: [.executable(name: "quash", targets: ["quash"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/ordo-one/TextTable", from: "0.0.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .target(name: "Cancels"),
        .target(
            name: "CancelStore",
            dependencies: [
                "Cancels",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            resources: [
                // One line a migration: this list is also their order. A leading digit in the
                // name would be swallowed by the generated constant, hence the `v`.
                .embedInCode("../../migrations/v001_cancel.sql"),
                .embedInCode("../../migrations/v002_lookup.sql"),
                .embedInCode("../../migrations/v003_seal.sql"),
                .embedInCode("../../migrations/v004_cheaper_attempt.sql"),
                .embedInCode("../../migrations/v005_cheaper_changes.sql"),
                .embedInCode("../../migrations/v006_cheaper_queueing.sql"),
            ]
        ),
        .target(
            name: "HTX",
            dependencies: [
                "Cancels",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .target(
            name: "CancelRunner",
            dependencies: [
                "Cancels", "CancelStore",
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "Sandbox",
            dependencies: [
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "quash",
            dependencies: [
                "Cancels", "CancelRunner", "CancelStore", "HTX", "Sandbox",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "TextTable", package: "TextTable"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ]
        ),
        .executableTarget(
            name: "quash-bench",
            dependencies: [
                "Cancels", "CancelRunner", "CancelStore", "HTX",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            path: "Benchmarks/quash-bench"
        ),
        .target(
            name: "TestSupport",
            dependencies: ["Cancels", "CancelStore"],
            path: "Tests/TestSupport"
        ),
        .testTarget(name: "CancelsTests", dependencies: ["Cancels"]),
        .testTarget(
            name: "CancelStoreTests",
            dependencies: [
                "Cancels", "CancelStore", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "HTXTests",
            dependencies: [
                "Cancels", "HTX",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]
        ),
        .testTarget(
            name: "CancelRunnerTests",
            dependencies: [
                "CancelRunner", "CancelStore", "Cancels", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(name: "SandboxTests", dependencies: ["Sandbox"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "CancelRunner", "CancelStore", "Cancels", "HTX", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]
        ),
        .testTarget(
            name: "quashTests",
            dependencies: [
                "quash", "Cancels", "CancelStore", "HTX", "Sandbox", "TestSupport",
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "SystemPackage", package: "swift-system"),
            ]
        ),
    ]
)

for target in package.targets {
    target.swiftSettings = [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .treatAllWarnings(as: .error),
    ]
}
