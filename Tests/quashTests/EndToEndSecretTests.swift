import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Keys stay in memory: not in the file, its log, the output, or the arguments.
    @Suite struct SecretTests {
        private static let access = "ACCESSq7mVtL2pZkW9xB4c"
        private static let secret = "SECRETh3nBcR8dTfG6jKwY"
        private static let wrong = "SECRETbutWrong5sXzP0aU"

        @Test func `no key is written anywhere, whatever goes wrong`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                try exchange.open("vault", accessKey: Self.access, secretKey: Self.secret)
                let ids = try exchange.seed(90, of: "BTC-USDT", account: "vault")
                try await bench.queue(ids)
                var keys = try await keys(failingOverTo: exchange)
                keys["QUASH_SECRET_KEY"] = Self.wrong
                try await expectSilence(bench, exchange, keys, status: 4)

                keys["QUASH_SECRET_KEY"] = Self.secret
                try exchange.inject(
                    """
                    {"latency_ms": {"min": 100, "max": 200}, "script": [
                        {"fault": "html_before"}, {"fault": "err_code:403"}, {"fault": "truncated"},
                        {"fault": "drop_after"}, {"fault": "server_error_after"}]}
                    """
                )
                try await resume(bench)
                try await expectSilence(bench, exchange, keys, status: 4)
                try await resume(bench)
                try await expectSilence(bench, exchange, keys, status: 0)
                #expect(try exchange.orders("cancelled") == Set(ids))
                #expect(try await bench.violations() == [])
            }
        }

        @Test func `keys may lie in files of a folder`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                let folder = bench.folder.file("secrets")
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: false
                )
                for name in ["ACCESS", "SECRET"] {
                    let key = try #require(exchange.environment["QUASH_\(name)_KEY"])
                    let file = "\(folder)/quash-\(name.lowercased())-key"
                    try Data("\(key)\n".utf8).write(to: URL(fileURLWithPath: file))
                }
                let settings = [
                    "QUASH_SECRETS": folder,
                    "QUASH_EXCHANGE": exchange.environment["QUASH_EXCHANGE"] ?? "",
                ]
                let list = try await bench.quash("account", "list", environment: settings)
                #expect(list.output.contains("present"), "\(list)")
                try await bench.queue(try exchange.seed(12, of: "BTC-USDT"))
                let run = try await bench.quash("run", "--drain", environment: settings)
                #expect(run.status == 0, "\(run)")
            }
        }

        /// The keys, and the exchange behind an address at which nobody listens.
        private func keys(
            failingOverTo exchange: PracticeExchange
        ) async throws -> [String: String] {
            let url = try #require(exchange.environment["QUASH_EXCHANGE"])
            return [
                "QUASH_EXCHANGE": "http://127.0.0.1:\(try Loopback.closedPort()),\(url)",
                "QUASH_ACCESS_KEY": Self.access,
            ]
        }

        private func resume(_ bench: Workbench) async throws {
            try await bench.execute("INSERT INTO act (kind, account) VALUES ('resume', 'main')")
        }

        /// Runs, and looks for keys while it runs and after it.
        private func expectSilence(
            _ bench: Workbench,
            _ exchange: PracticeExchange,
            _ keys: [String: String],
            status: Int32
        ) async throws {
            let before = try exchange.arrivals().count
            let run = try await bench.drain(exchange, keys) { running in
                // At once: a runner whose key is refused is gone soon after its first request, and its arguments with it.
                let arguments = try String(
                    contentsOfFile: "/proc/\(running.pid)/cmdline",
                    encoding: .utf8
                )
                #expect(arguments.hasSuffix("run\0--drain\0"))
                try await eventually("a request arrives") {
                    try exchange.arrivals().count > before
                } seen: {
                    running.told
                }
                #expect(try leaks(in: bench) == [])
            }
            #expect(run.status == status, "\(run)")
            #expect(try leaks(in: bench) == [])
        }

        /// The files of a test that hold a key: database, log of the database, all that was printed.
        private func leaks(in bench: Workbench) throws -> [String] {
            let names = try FileManager.default.contentsOfDirectory(atPath: bench.folder.path)
            try #require(names.contains("quash.sqlite") && names.contains { $0.hasSuffix(".err") })
            return names.filter { name in
                // One that goes while it is read has nothing to be found in.
                let content =
                    FileManager.default.contents(atPath: bench.folder.file(name)) ?? Data()
                return [Self.access, Self.secret, Self.wrong].contains {
                    content.range(of: Data($0.utf8)) != nil
                }
            }
        }
    }
}
