import Foundation
import Testing

extension EndToEnd {
    /// What the file refuses, as another tool hears it, whatever that tool says of conflicts.
    @Suite struct RefusalTests {
        private static let verbs = ["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"]

        @Test(arguments: verbs)
        func `a bad job is refused with a sentence, and nothing of it is stored`(
            verb: String
        ) async throws {
            let bench = try await Workbench()
            try await bench.execute(
                """
                INSERT INTO job (contract_code, order_ids, dedup_key)
                VALUES ('BTC-USDT', '5', 'taken')
                """
            )
            let before = try await bench.dump()
            let heard = try await bench.refusals(
                of: Refused.jobs.map { "\(verb) INTO \($0.into)" }
                    + Refused.others.map { "\(verb) INTO \($0.into)" }
            )
            #expect(heard == (Refused.jobs + Refused.others).map(\.sentence))
            #expect(try await bench.dump() == before)
        }

        @Test func `what is written is never written again, changed or deleted`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                try await bench.queue(try exchange.seed(12, of: "BTC-USDT"))
                let run = try await bench.drain(exchange)
                #expect(run.status == 0, "\(run)")
            }
            try await bench.execute("INSERT INTO act (kind, account) VALUES ('pause', 'main')")
            let before = try await bench.dump()
            let rows = Self.verbs.flatMap { verb in
                Refused.rows.map {
                    ("\(verb) INTO \($0.table) SELECT * FROM \($0.table) LIMIT 1", $0.again)
                }
            }
            let changes = ["UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE"].flatMap { verb in
                Refused.changes.map { ("\(verb) \($0.change)", $0.sentence) }
            }
            let deletions = Refused.deletions.map { ("DELETE FROM \($0.table)", $0.sentence) }
            let all = rows + changes + deletions
            #expect(try await bench.refusals(of: all.map(\.0)) == all.map(\.1))
            #expect(try await bench.dump() == before)
        }

        @Test func `wrong names and types keep the words of SQLite`() async throws {
            let bench = try await Workbench()
            let heard = try await bench.refusals(of: [
                "INSERT INTO job (contract, order_ids) VALUES ('BTC-USDT', '1')",
                "INSERT INTO job (contract_code, order_ids, priority) VALUES ('BTC-USDT', '1', 'x')",
            ])
            #expect(
                heard == [
                    "table job has no column named contract",
                    "cannot store TEXT value in INTEGER column job.priority",
                ]
            )
        }
    }
}

extension Workbench {
    /// All the file holds, but for the counters of ids SQLite keeps.
    fileprivate func dump() async throws -> String {
        let ended = try await python(
            """
            import sqlite3, sys
            for line in sqlite3.connect(sys.argv[1]).iterdump():
                if "sqlite_sequence" not in line:
                    print(line)
            """
        )
        try #require(ended.status == 0, "\(ended)")
        return ended.output
    }

    /// What each statement is refused with, `-` where it is not; each is one line of a script that the
    /// `sqlite3` shell reads, or Python where there is no shell.
    fileprivate func refusals(of statements: [String]) async throws -> [String] {
        let python = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], isolation_level=None)
            for number, line in enumerate(sys.stdin, 1):
                try:
                    db.execute(line)
                except sqlite3.Error as error:
                    print(f"Error near line {number}: {error}", file=sys.stderr)
            """
        let script = statements.map { "\($0);\n" }.joined()
        let ended =
            try await Program.shell.isInstalled
            ? Program.shell.run([database], in: folder, input: script)
            : Program.python.run(["-c", python, database], in: folder, input: script)
        var heard = statements.map { _ in "-" }
        for match in ended.errors.matches(of: /near line (\d+): (.*)/) {
            guard let line = Int(match.1), heard.indices.contains(line - 1) else { continue }
            // The shell adds the code of the error.
            heard[line - 1] = String(match.2.replacing(#/ \(\d+\)$/#, with: ""))
        }
        return heard
    }
}
