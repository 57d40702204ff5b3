import Foundation
import TestSupport

/// A folder of one test's own, with a migrated database, and the tools to work on it.
struct Workbench: Sendable {
    /// The folder; it goes with the test.
    let folder: TemporaryFolder
    /// The database.
    let database: String

    /// Makes both.
    init() async throws {
        folder = try TemporaryFolder()
        database = folder.file("quash.sqlite")
        let made = try await quash("migrate")
        guard made.status == 0 else { throw StageFailure("no database: \(made)") }
    }

    /// Runs `quash` on the database to its end, with nothing in the environment but what is given.
    func quash(
        _ arguments: String...,
        environment: [String: String] = [:],
        input: String = "",
        while body: (Running) async throws -> Void = { _ in }
    ) async throws -> Ended {
        try await Program.quash.run(
            arguments,
            in: folder,
            environment: environment.merging(["QUASH_DATABASE": database]) { given, _ in given },
            input: input,
            while: body
        )
    }

    /// Runs `quash run --drain` against a practice exchange, with the keys it printed.
    func drain(
        _ exchange: PracticeExchange,
        _ more: [String: String] = [:],
        while body: (Running) async throws -> Void = { _ in }
    ) async throws -> Ended {
        try await quash(
            "run",
            "--drain",
            environment: exchange.environment.merging(more) { $1 },
            while: body
        )
    }

    // MARK: Another tool

    /// Runs a Python script with the database as its first argument.
    func python(
        _ script: String,
        _ arguments: [String] = [],
        while body: (Running) async throws -> Void = { _ in }
    ) async throws -> Ended {
        try await Program.python.run(
            ["-c", script, database] + arguments,
            in: folder,
            while: body
        )
    }

    /// Runs statements as another tool would, each a transaction of its own.
    ///
    /// - Throws: `StageFailure` with the database's sentence where one is refused.
    func execute(_ statements: String...) async throws {
        let ended = try await python(
            """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
            for statement in sys.argv[2:]:
                db.execute(statement)
            """,
            statements
        )
        guard ended.status == 0 else { throw StageFailure(ended.errors) }
    }

    /// Queues ids by plain SQL, as one job.
    func queue(
        _ ids: [String],
        on contract: String = "BTC-USDT",
        account: String = "main"
    ) async throws {
        let list = ids.joined(separator: ",")
        try await execute(
            """
            INSERT INTO job (account, contract_code, order_ids)
            VALUES ('\(account)', '\(contract)', '\(list)')
            """
        )
    }

    /// The first column of a query, as texts.
    func column(_ query: String) async throws -> [String] {
        let ended = try await python(
            """
            import json, sqlite3, sys
            db = sqlite3.connect(sys.argv[1], timeout=30)
            print(json.dumps([str(row[0]) for row in db.execute(sys.argv[2])]))
            """,
            [query]
        )
        guard ended.status == 0 else { throw StageFailure(ended.errors) }
        return try JSONDecoder().decode([String].self, from: Data(ended.output.utf8))
    }

    /// The ids that are in a state.
    func ids(_ state: String) async throws -> Set<String> {
        Set(try await column("SELECT order_id FROM v_cancel WHERE state = '\(state)'"))
    }

    /// What is always empty: every promise that SQL can check, one line a breach.
    func violations() async throws -> [String] {
        try await column("SELECT promise || ': ' || breach FROM v_violation")
    }

    /// The most cancel requests in any second, as the database proves it.
    func mostInAnySecond() async throws -> Int {
        let rates = "SELECT most_in_any_second FROM v_rate WHERE endpoint = 'cancel'"
        return try await column(rates).compactMap(Int.init).max() ?? 0
    }
}
