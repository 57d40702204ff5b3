import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// The proof of the history, by the built program and by tools that know nothing of it.
    @Suite struct AuditTests {
        /// What anybody can write: it reads an export and computes every seal anew.
        private static let checker = """
            import hashlib, json, sys
            last, rows = {}, 0
            for line in sys.stdin.buffer:
                whole = json.loads(line)
                if "heads" in whole:
                    print(whole["heads"])
                    break
                kind = list(whole["row"])[1]
                record = line[line.index(b'"row":') + 6:-2]
                if whole["seal"] is None:
                    continue
                before = last.get(kind, "0" * 64).encode()
                last[kind] = hashlib.sha256(before + b"\\n" + record).hexdigest()
                if last[kind] != whole["seal"]:
                    sys.exit(f"{kind} {whole['row'][kind]} is not as it was sealed")
                if kind == "purge":
                    last["answer"] = whole["row"]["answer_head"]
                    last["event"] = whole["row"]["event_head"]
                rows += 1
            print(rows, "rows")
            """

        /// Drops every trigger, runs a statement, and makes them again.
        private static let tamperer = """
            import sqlite3, sys
            db = sqlite3.connect(sys.argv[1], isolation_level=None)
            made = db.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for name, _ in made: db.execute(f"DROP TRIGGER {name}")
            db.executescript(sys.argv[2])
            for _, sql in made: db.execute(sql)
            """

        /// A database with two jobs that are over, one of an order that nobody knows, and an act.
        private func finishedWork() async throws -> Workbench {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                try await bench.queue(try exchange.seed(35, of: "BTC-USDT") + ["7"])
                #expect(try await bench.drain(exchange).status == 3)
                try await bench.execute(
                    "INSERT INTO act (kind, account, reason, by) VALUES ('resume', 'main', 'é \"x\"', 'ann')"
                )
                try await bench.queue(try exchange.seed(12, of: "ETH-USDT"), on: "ETH-USDT")
                #expect(try await bench.drain(exchange).status == 3)
            }
            return bench
        }

        private func head(_ verified: Ended) throws -> String {
            let line = verified.output.split(separator: "\n").first { $0.hasPrefix("keep ") }
            return String(try #require(line).dropFirst(5))
        }

        private func expectExport(of bench: Workbench, heads: String) async throws {
            let export = try await bench.quash("audit", "export")
            #expect(export.status == 0 && export.errors.isEmpty, "\(export)")
            let checked = try await Program.python.run(
                ["-c", Self.checker],
                in: bench.folder,
                input: export.output
            )
            #expect(checked.status == 0, "\(checked)")
            #expect(checked.output.hasPrefix(heads + "\n"), "\(checked)")
            // One byte more, and the same check fails.
            let forged = export.output.replacingOccurrences(
                of: #""kind":"answered""#,
                with: #""kind":"answereD""#
            )
            let failed = try await Program.python.run(
                ["-c", Self.checker],
                in: bench.folder,
                input: forged
            )
            #expect(
                failed.status == 1 && failed.errors.hasSuffix("is not as it was sealed\n"),
                "\(failed)"
            )
        }

        @Test func `a finished file is intact, and anybody can check its export`() async throws {
            let bench = try await finishedWork()
            let verified = try await bench.quash("audit", "verify")
            #expect(verified.status == 0, "\(verified)")
            #expect(verified.output.hasSuffix("intact\n"))
            #expect(!verified.output.contains("not sealed yet"), "\(verified)")
            let heads = try head(verified)
            try await expectExport(of: bench, heads: heads)
            let kept = try await bench.quash("audit", "verify", "--head", heads)
            #expect(kept.status == 0, "\(kept)")

            let csv = try await bench.quash("audit", "export", "--format", "csv", "--job", "1")
            #expect(csv.errors == "quash: a part of the history cannot be checked as a chain\n")
            let lines = csv.output.components(separatedBy: "\r\n")
            // The columns, the attempts, the heads, and nothing behind the last end of a line.
            #expect(lines.count == 39, "\(csv)")
            #expect(lines.filter { $0.contains(",not_found,1,1061,") }.count == 1, "\(csv)")
        }

        @Test(
            arguments: [
                (
                    "UPDATE attempt SET outcome = 'accepted' WHERE outcome = 'not_found'",
                    "does not match its seal"
                ),
                ("DELETE FROM event WHERE id = 2", "event: event 2 is missing: it was deleted\n"),
                (
                    """
                    DELETE FROM event WHERE id = 2;
                    INSERT INTO event (id, at_ms, kind) VALUES (2, 1, 'note')
                    """,
                    "event: event 2 is unsealed though later rows are sealed: it was inserted"
                ),
            ]
        )
        func `what is done with the triggers dropped is named`(sql: String, sentence: String)
            async throws
        {
            let bench = try await finishedWork()
            #expect(try await bench.python(Self.tamperer, [sql]).status == 0)
            let verified = try await bench.quash("audit", "verify")
            #expect(verified.status == 1, "\(verified)")
            #expect(verified.output.contains(sentence), "\(verified)")
            #expect(verified.output.hasSuffix("NOT INTACT\n"))
            let json = try await bench.quash("audit", "verify", "--json")
            #expect(json.status == 1 && json.output.contains(#""intact":false"#), "\(json)")
        }

        @Test func `a head that was kept shows a chain that was cut`() async throws {
            let bench = try await finishedWork()
            let heads = try head(try await bench.quash("audit", "verify"))
            let cut = """
                DELETE FROM event WHERE id = (SELECT max(id) FROM event);
                UPDATE sqlite_sequence SET seq = (SELECT max(id) FROM event) WHERE name = 'event'
                """
            #expect(try await bench.python(Self.tamperer, [cut]).status == 0)
            #expect(try await bench.quash("audit", "verify").status == 0)
            let shown = try await bench.quash("audit", "verify", "--head", heads)
            #expect(shown.status == 1, "\(shown)")
            #expect(shown.output.contains("is not in the file: the chain was cut before it"))
            #expect(try await bench.quash("audit", "verify", "--head", "answer:x").status == 64)
        }

        @Test func `a purge archives, removes, and leaves both files intact`() async throws {
            let bench = try await finishedWork()
            let heads = try head(try await bench.quash("audit", "verify"))
            let archive = bench.folder.file("old.sqlite")
            let rehearsed = try await bench.quash(
                "purge",
                "--before",
                "0s",
                "--archive",
                archive,
                "--dry-run"
            )
            #expect(
                rehearsed.output.hasPrefix("jobs up to 1 with 36 rows of ids would go"),
                "\(rehearsed)"
            )
            #expect(try await bench.column("SELECT count(*) FROM job") == ["2"])

            let purged = try await bench.quash(
                "purge",
                "--before",
                "0s",
                "--archive",
                archive,
                "--reason",
                "old",
                "--by",
                "ann"
            )
            #expect(purged.status == 0, "\(purged)")
            #expect(
                purged.output.hasSuffix(
                    "job 2 has the newest id of the file, which always stays\n"
                ),
                "\(purged)"
            )
            #expect(try await bench.column("SELECT job_id FROM v_job") == ["2"])
            #expect(try await bench.violations() == [])
            let verified = try await bench.quash("audit", "verify")
            #expect(verified.status == 0 && verified.output.contains("purges: 1\n"), "\(verified)")
            try await expectExport(of: bench, heads: try head(verified))

            let old = try await bench.quash(
                "audit",
                "verify",
                "--head",
                heads,
                environment: ["QUASH_DATABASE": archive]
            )
            #expect(old.status == 0, "\(old)")
            let status = try await bench.quash("status", environment: ["QUASH_DATABASE": archive])
            #expect(status.output.hasPrefix("48 ids: 47 cancelled, 1 rejected\n"), "\(status)")

            let again = try await bench.quash(
                "purge",
                "--before",
                "0s",
                "--archive",
                bench.folder.file("b.sqlite"),
                "--reason",
                "old"
            )
            #expect(again.output.hasPrefix("nothing to purge: job 2 "), "\(again)")
            #expect(
                try await bench.quash("purge", "--before", "0s", "--archive", archive).status == 64
            )
            try await PracticeExchange.serve(bench) { exchange in
                try await bench.queue(try exchange.seed(12, of: "BTC-USDT"))
                #expect(try await bench.drain(exchange).status == 0)
            }
            #expect(try await bench.quash("audit", "verify").status == 0)
        }

        @Test func `an audit reads while a runner writes`() async throws {
            let bench = try await Workbench()
            try await PracticeExchange.serve(bench) { exchange in
                try await bench.queue(try exchange.seed(400, of: "BTC-USDT"))
                let run = try await bench.drain(exchange) { _ in
                    var seen = 0
                    try await eventually("the runner has sealed something, and is at it") {
                        let verified = try await bench.quash("audit", "verify", "--json")
                        #expect(verified.status == 0, "\(verified)")
                        seen = try await bench.column(
                            "SELECT id FROM answer WHERE seal IS NOT NULL"
                        ).count
                        return (5..<40).contains(seen)
                    } seen: {
                        "\(seen) answers"
                    }
                }
                #expect(run.status == 0, "\(run)")
            }
            #expect(try await bench.quash("audit", "verify").status == 0)
        }
    }
}
