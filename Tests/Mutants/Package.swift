// swift-tools-version: 6.2
import PackageDescription

// The part of the package that decides and records, without HTTP: what the mutants are tried on, so that
// building one takes seconds. `mutants.py` lays it over a copy of the sources.
let package = Package(
    name: "Mutants",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        .target(name: "Cancels"),
        .target(
            name: "CancelStore",
            dependencies: [
                "Cancels", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            resources: [
                .embedInCode("../../migrations/v001_cancel.sql"),
                .embedInCode("../../migrations/v002_lookup.sql"),
                .embedInCode("../../migrations/v003_seal.sql"),
                .embedInCode("../../migrations/v004_cheaper_attempt.sql"),
                .embedInCode("../../migrations/v005_cheaper_changes.sql"),
                .embedInCode("../../migrations/v006_cheaper_queueing.sql"),
            ]
        ),
        .target(
            name: "CancelRunner",
            dependencies: [
                "Cancels", "CancelStore", .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .target(
            name: "HTX",
            dependencies: ["Cancels", .product(name: "Crypto", package: "swift-crypto")]
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
            name: "CancelRunnerTests",
            dependencies: [
                "CancelRunner", "CancelStore", "Cancels", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "Logging", package: "swift-log"),
            ]
        ),
        .testTarget(name: "HTXTests", dependencies: ["Cancels", "HTX"]),
        .testTarget(
            name: "SimulationTests",
            dependencies: [
                "CancelRunner", "CancelStore", "Cancels", "HTX", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift"),
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
    ]
}
