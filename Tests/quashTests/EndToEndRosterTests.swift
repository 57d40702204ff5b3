import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// Accounts and keys that come, or are put right, while a runner runs.
    @Suite struct RosterTests {
        @Test func `a mended secret and a new account are served without a new start`() async throws
        {
            let bench = try await Workbench()
            let accounts = ["main", "desk2"]
            try await PracticeExchange.serve(bench, accounts: accounts) { exchange in
                let keys = exchange.environment
                let folder = bench.folder.file("secrets")
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true
                )
                func put(_ name: String, _ text: String?) throws {
                    let path = folder + "/" + name
                    try Data(try #require(text).utf8).write(
                        to: URL(fileURLWithPath: path),
                        options: .atomic
                    )
                }
                try put("quash-access-key", keys["QUASH_ACCESS_KEY"])
                try put("quash-secret-key", "not the secret")
                let mine = try exchange.seed(20, of: "BTC-USDT")
                let theirs = try exchange.seed(20, of: "BTC-USDT", account: "desk2")
                try await bench.queue(mine)
                let environment = [
                    "QUASH_EXCHANGE": try #require(keys["QUASH_EXCHANGE"]),
                    "QUASH_SECRETS": folder,
                ]
                let run = try await bench.quash("run", environment: environment) { running in
                    try await told("paused", bench, running) {
                        try await bench.column(
                            "SELECT paused_reason FROM account WHERE paused_at_ms > 0"
                        )
                        .count == 1
                    }
                    try put("quash-secret-key", keys["QUASH_SECRET_KEY"])
                    try await told("new keys", bench, running) {
                        running.told.contains("an account has new keys")
                    }
                    #expect(try await bench.quash("resume", "main").status == 0)
                    try await told("cancelled", bench, running) {
                        try exchange.orders("cancelled") == Set(mine)
                    }

                    try put("quash-desk2-access-key", keys["QUASH_DESK2_ACCESS_KEY"])
                    try put("quash-desk2-secret-key", keys["QUASH_DESK2_SECRET_KEY"])
                    #expect(try await bench.quash("account", "add", "desk2").status == 0)
                    try await bench.queue(theirs, account: "desk2")
                    try await told("served", bench, running) {
                        try exchange.orders("cancelled") == Set(mine + theirs)
                    }
                    running.send(SIGTERM)
                }
                #expect(run.status == 0, "\(run)")
                #expect(!run.errors.contains("secret"))
                #expect(try await bench.violations() == [])
            }
        }

        private func told(
            _ what: String,
            _ bench: Workbench,
            _ running: Running,
            _ isTrue: () async throws -> Bool
        ) async throws {
            try await eventually(what, isTrue) { running.told }
        }
    }
}
