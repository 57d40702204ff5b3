import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// `quash enqueue`: files, ids and standard input; all of it or nothing.
    @Suite struct EnqueueTests {
        /// The sample files, two folders up from here.
        private static let samples = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("jobs").path

        /// Reads a job file with Python's own libraries; one line an id, as `queued` below.
        private static let reader = """
            import csv, json, sys
            def ids(job):
                given = job.get("order_ids", job.get("order_id"))
                return given if isinstance(given, list) else str(given).replace(" ", "").split(",")
            path = sys.argv[2]
            text = open(path, encoding="utf-8", newline="").read()
            if path.endswith(".json"):
                jobs = json.loads(text)
                jobs = jobs if isinstance(jobs, list) else [jobs]
            elif path.endswith(".jsonl"):
                jobs = [json.loads(line) for line in text.splitlines() if line.strip()]
            elif path.endswith(".csv"):
                jobs = list(csv.DictReader(text.splitlines()))
            else:
                jobs = [{"order_ids": text.split()}]
            lines = set()
            for job in jobs:
                contract = job.get("contract_code") or (
                    f'{job["pair"]} {job["contract_type"]}' if job.get("pair") else "ADA-USDT")
                for order in ids(job):
                    lines.add(f'{job.get("account") or "main"} {contract} {order}')
            print("\\n".join(sorted(lines)))
            """

        private static let queued = """
            SELECT DISTINCT account || ' ' || contract || ' ' || order_id FROM v_cancel
            ORDER BY account || ' ' || contract || ' ' || order_id
            """

        @Test(arguments: ["btc.json", "desk2.json", "export.csv", "list.txt", "mixed.jsonl"])
        func `a sample file is queued as another reader understands it`(name: String) async throws {
            let bench = try await Workbench()
            _ = try await bench.quash("account", "add", "desk2")
            let file = "\(Self.samples)/\(name)"
            let more = name == "list.txt" ? ["--contract", "ADA-USDT"] : []
            let enqueue = try await bench.enqueue([file] + more)
            #expect(enqueue.status == 0, "\(enqueue)")
            let expected = try await bench.python(Self.reader, [file]).output
                .split(separator: "\n").map(String.init)
            #expect(expected.count > 10)
            #expect(try await bench.column(Self.queued) == expected)
            let jobs = try await bench.column("SELECT id FROM job ORDER BY id")
            #expect(enqueue.output.split(separator: "\n").map(String.init) == jobs)
            #expect(enqueue.errors.contains(" in \(jobs.count) job"))
        }

        @Test func `ids may stand on the command line or come from standard input`() async throws {
            let bench = try await Workbench()
            let typed = try await bench.enqueue([
                "--contract", "BTC-USDT", "--priority", "3", "--note", "by hand", "12",
                "826053970168446976",
            ])
            #expect(typed.output == "1\n", "\(typed)")
            let piped = try await bench.enqueue(["--contract", "ETH-USDT", "-"], input: "13\n14\n")
            #expect(piped.output == "2\n", "\(piped)")
            let json = try await bench.enqueue(
                ["--format", "json", "-"],
                input: #"{"pair": "BTC-USDT", "contract_type": "swap", "order_ids": [15]}"#
            )
            #expect(json.output == "3\n", "\(json)")
            let jobs = "SELECT contract || ' ' || priority || ' ' || ids FROM v_job ORDER BY job_id"
            #expect(
                try await bench.column(jobs) == [
                    "BTC-USDT 3 2", "ETH-USDT 0 2", "BTC-USDT swap 0 1",
                ]
            )
        }

        @Test func `a dry run prints the plan and queues nothing`() async throws {
            let bench = try await Workbench()
            let ids = (1...123).map(String.init).joined(separator: "\n")
            let plan = try await bench.enqueue(
                ["--dry-run", "--contract", "BTC-USDT", "-"],
                input: ids
            )
            #expect(plan.status == 0, "\(plan)")
            let words = plan.output.split(separator: "\n").map {
                $0.split(separator: " ").map(String.init)
            }
            #expect(words.contains(["main", "BTC-USDT", "123", "13"]), "\(plan)")
            #expect(plan.output.contains("nothing was queued; at the limit this takes about 2 s"))
            #expect(try await bench.column("SELECT count(*) FROM job") == ["0"])
        }

        @Test func `a dedup key is taken once`() async throws {
            let bench = try await Workbench()
            _ = try await bench.quash("account", "add", "desk2")
            let file = "\(Self.samples)/desk2.json"
            let first = try await bench.enqueue([file])
            #expect(first.status == 0, "\(first)")
            let before = try await bench.column(Self.queued)
            let again = try await bench.enqueue([file])
            #expect(again.status == 64, "\(again)")
            #expect(again.errors.contains("\(file):"))
            #expect(again.errors.contains("job: that dedup_key was queued before"))
            #expect(again.output == "")
            #expect(try await bench.column(Self.queued) == before)
        }

        @Test func `one bad line in the last file, and nothing of any file is queued`() async throws
        {
            let bench = try await Workbench()
            let good = try bench.file("good.txt", "11\n12\n")
            let bad = try bench.file("bad.txt", "21\n22\n82605X\n24\n")
            let run = try await bench.enqueue(["--contract", "BTC-USDT", good, bad])
            #expect(run.status == 64, "\(run)")
            #expect(run.errors.contains("\(bad):3: "))
            #expect(run.errors.contains("82605X"))
            #expect(run.output == "")
            #expect(try await bench.column("SELECT count(*) FROM job") == ["0"])
        }

        @Test func `an unknown account is refused with its line and the database's sentence`()
            async throws
        {
            let bench = try await Workbench()
            let file = try bench.file(
                "jobs.csv",
                "account,contract_code,order_id\nmain,BTC-USDT,31\nnobody,BTC-USDT,32\n"
            )
            let run = try await bench.enqueue([file])
            #expect(run.status == 64, "\(run)")
            let sentence =
                "\(file):3: order id 32: job: unknown account; declare it with: quash account add NAME"
            #expect(run.errors.contains(sentence))
            #expect(run.output == "")
            #expect(try await bench.column("SELECT count(*) FROM job") == ["0"])
        }
    }
}

extension Workbench {
    fileprivate func enqueue(_ arguments: [String], input: String = "") async throws -> Ended {
        try await Program.quash.run(
            ["enqueue"] + arguments,
            in: folder,
            environment: ["QUASH_DATABASE": database],
            input: input
        )
    }

    fileprivate func file(_ name: String, _ content: String) throws -> String {
        let path = folder.file(name)
        try Data(content.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }
}
