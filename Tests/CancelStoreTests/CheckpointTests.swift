import CancelStore
import Cancels
import Foundation
import GRDB
import TestSupport
import Testing

/// One runner at a time copies the WAL back, and whoever is in the way is no error.
@Suite struct CheckpointTests {
    private let fixture: Fixture
    private let runners: [Int64]

    init() throws {
        fixture = try Fixture()
        let now = fixture.now
        runners = try fixture.store.write { ledger in
            try (1...2).map { number in
                try ledger.register(
                    name: "r\(number)",
                    process: .init(pid: Int64(number), started: 1, space: "here"),
                    now: now
                )
            }
        }
    }

    /// Writes some 4 MB to the WAL.
    private func growWAL() throws {
        let ids = (0..<30_000).map { OrderID.sample($0).text }.joined(separator: ",")
        try Shell(fixture.path).run(
            """
            PRAGMA wal_autocheckpoint = 0;
            INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '\(ids)')
            """
        )
    }

    private func checkpoint(by runner: Int64) async throws -> Bool {
        let now = fixture.now
        return try await fixture.store.checkpoint(by: runner, now: { now })
    }

    @Test func `a grown WAL is emptied, and nothing is lost`() async throws {
        #expect(!fixture.store.isCheckpointDue)
        try growWAL()
        #expect(fixture.store.isCheckpointDue)
        #expect(try await checkpoint(by: runners[0]))
        #expect(!fixture.store.isCheckpointDue)
        let count = "SELECT count(*) FROM cancel"
        #expect(try fixture.store.read { try Int.fetchOne($0, sql: count) } == 30_000)
    }

    @Test func `the lease is renewed once half of it is over, and not before`() async throws {
        func until() throws -> Int64? {
            try fixture.store.read {
                try Int64.fetchOne($0, sql: "SELECT until_ns FROM checkpointer")
            }
        }
        #expect(try await checkpoint(by: runners[0]))
        let taken = try #require(try until())
        fixture.advance(by: .seconds(29))
        #expect(try await checkpoint(by: runners[0]))
        #expect(try until() == taken)
        fixture.advance(by: .seconds(2))
        #expect(try await checkpoint(by: runners[0]))
        #expect(try until() == taken + 31_000_000_000)
    }

    @Test func `while one runner holds the lease another does not checkpoint`() async throws {
        #expect(try await checkpoint(by: runners[0]))
        try growWAL()
        #expect(try await !checkpoint(by: runners[1]))
        #expect(fixture.store.isCheckpointDue)
        fixture.advance(by: .seconds(61))
        #expect(try await checkpoint(by: runners[1]), "the lease is over")
        #expect(!fixture.store.isCheckpointDue)
    }

    @Test func `a writer in the way is no error`() async throws {
        try growWAL()
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let shell = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try await shell.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        #expect(try await !checkpoint(by: runners[0]))
        try await shell.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        #expect(try await checkpoint(by: runners[0]))
    }
}
