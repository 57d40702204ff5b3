import CancelStore
import Cancels
import GRDB
import TestSupport
import Testing

/// Retry and withdraw, by SQL and by the store: what they take, and what they leave alone.
@Suite struct ActTests {
    private let fixture: Fixture
    private let shell: Shell

    /// Two jobs of three ids each; the first id of each is settled as its name says.
    init() throws {
        fixture = try Fixture()
        shell = try Shell(fixture.path)
        try fixture.store.write { try $0.addAccount("desk2") }
        try shell.run(
            """
            INSERT INTO job (contract_code, order_ids, queued_at_ms) VALUES ('BTC-USDT', '1,2,3', 5);
            INSERT INTO job (account, contract_code, order_ids, queued_at_ms)
                VALUES ('desk2', 'ETH-USDT', '4,5,6', 5);
            """
        )
        try settle(1, "failed", "transient", code: "1004")
        try settle(2, "rejected", "permanent", code: "1088")
        try settle(4, "failed", "transient", code: "1000")
        try settle(5, "cancelled", "accepted")
    }

    /// Settles a cancel by hand, as a runner would after a request for it alone.
    private func settle(
        _ cancel: Int,
        _ state: String,
        _ reason: String,
        code: String = ""
    ) throws {
        let now = fixture.now
        try fixture.store.write { ledger in
            let runner = try ledger.register(
                name: "r\(cancel)",
                process: .init(pid: 1, started: 1, space: "here"),
                now: now
            )
            let account = cancel < 4 ? "main" : "desk2"
            try ledger.ensureBucket(
                account: account,
                endpoint: .cancel,
                policy: BucketPolicy(),
                now: now
            )
            let order = try #require(OrderID("\(cancel)"))
            let request = try ledger.writeRequest(
                runner: runner,
                targetID: cancel < 4 ? 1 : 2,
                call: .cancel([order]),
                members: [Int64(cancel)],
                slot: cancel % 5,
                grantedAt: now.boot,
                hold: .zero,
                now: now
            )
            var answer = Answer(
                requestID: request.id,
                kind: .answered,
                outcomes: [:],
                receivedAt: now.boot,
                receivedWall: now.wall
            )
            answer.body = Array("\(cancel)".utf8)
            let answerID = try ledger.keep(answer, isLate: false, now: now)
            let member = try #require(try ledger.members(of: request.id).first)
            let kinds: [String: Outcome.Kind] = ["accepted": .accepted, "permanent": .permanent]
            let outcome = Outcome(kinds[reason] ?? .transient)
            try ledger.recordAttempt(
                request: request.id,
                cancel: member.cancelID,
                outcome: outcome,
                isCounted: true
            )
            let settlement = Settlement(
                try #require(CancelState(rawValue: state)),
                CancelClass(rawValue: reason),
                code: code,
                message: nil,
                answerID: answerID
            )
            let isSettled = try ledger.settle(
                member,
                of: request.id,
                as: settlement,
                after: outcome.kind,
                isCounted: true,
                now: now
            )
            #expect(isSettled)
            try ledger.returnToken(of: request.id, freeAt: now.boot)
        }
    }

    private func rounds() throws -> [String] {
        try shell.texts(
            "SELECT order_id || ' ' || round || ' ' || state FROM cancel WHERE round > 1 ORDER BY id"
        )
    }

    private func violations() throws -> [String] {
        try shell.texts("SELECT promise || ': ' || breach FROM v_violation")
    }

    @Test(
        arguments: [
            ("", ["1 2 pending", "4 2 pending"]),
            ("job_id = 1", ["1 2 pending"]),
            ("account = 'desk2'", ["4 2 pending"]),
            ("err_code = '1000'", ["4 2 pending"]),
            ("class = 'transient', order_id = '1'", ["1 2 pending"]),
            ("state = 'rejected'", ["2 2 pending"]),
            ("job_id = 1, state = 'rejected', err_code = '1088'", ["2 2 pending"]),
            ("since_ms = 1800000000001", []),
            ("until_ms = 1799999999999", []),
            ("since_ms = 1800000000000, until_ms = 1800000000000", ["1 2 pending", "4 2 pending"]),
        ]
    )
    func `a retry takes what its filters say, failed ids unless told otherwise`(
        filter: String,
        expected: [String]
    ) throws {
        let pairs = filter.split(separator: ",").map { $0.split(separator: "=", maxSplits: 1) }
        let columns = (["kind"] + pairs.map { $0[0].trimmingPrefix(" ").dropLast() })
            .joined(separator: ", ")
        let values = (["'retry'"] + pairs.map { String($0[1]) }).joined(separator: ", ")
        try shell.run("INSERT INTO act (\(columns)) VALUES (\(values))")
        #expect(try rounds() == expected)
        #expect(try violations().isEmpty)
        // What has a later round is not retried again before that is over.
        try shell.run("INSERT INTO act (\(columns)) VALUES (\(values))")
        #expect(try rounds() == expected)
    }

    @Test func `a retried id is counted once, and its job has work again`() throws {
        let report = try fixture.store.write { try $0.carryOut(Act(.retry)) }
        #expect(report.retried.map(\.ids) == [1, 1])
        let tally = try fixture.store.read { try Report($0).tally() }
        #expect(tally.total == 6 && tally[.pending] == 4 && tally[.failed] == 0)
        #expect(tally[.cancelled] == 1 && tally[.rejected] == 1)
        #expect(try shell.texts("SELECT failed || pending FROM v_job") == ["02", "02"])
        #expect(try shell.texts("SELECT DISTINCT standing FROM job") == ["ready"])
        #expect(try violations().isEmpty)
    }

    @Test func `a rehearsal tells what would be done and does nothing`() throws {
        let before = try shell.texts("SELECT count(*) FROM event")
        let report = try fixture.store.rehearse { try $0.carryOut(Act(.retry)) }
        #expect(report.retried.map(\.contract) == ["BTC-USDT", "ETH-USDT"])
        #expect(try rounds().isEmpty)
        #expect(try shell.texts("SELECT count(*) FROM event") == before)
        #expect(try shell.texts("SELECT count(*) FROM act") == ["0"])
    }

    @Test func `a withdrawal takes what is pending, with its event as evidence`() throws {
        var act = Act(.withdraw)
        (act.account, act.by, act.reason) = ("desk2", "ann", "changed my mind")
        let report = try fixture.store.write { try $0.carryOut(act) }
        #expect(report.withdrawn == 1 && report.wished == 0)
        #expect(try shell.texts("SELECT order_id FROM v_cancel WHERE state = 'withdrawn'") == ["6"])
        #expect(
            try shell.texts(
                "SELECT by || ', ' || reason FROM event JOIN cancel ON event_id = event.id"
            ) == ["ann, changed my mind"]
        )
        try shell.run("INSERT INTO act (kind, state) VALUES ('retry', 'withdrawn')")
        #expect(try rounds() == ["6 2 pending"])
        #expect(try violations().isEmpty)
    }

    @Test func `pause without an account is for all`() throws {
        let report = try fixture.store.write { try $0.carryOut(Act(.pause)) }
        #expect(report.accounts.map(\.name) == ["desk2", "main"])
        #expect(report.accounts.allSatisfy { $0.isPaused } && report.accounts[1].pendingIDs == 1)
        #expect(
            try shell.number("SELECT count(*) FROM account WHERE paused_at_ms IS NOT NULL") == 2
        )
        try shell.run("INSERT INTO act (kind) VALUES ('resume')")
        #expect(
            try shell.number("SELECT count(*) FROM account WHERE paused_at_ms IS NOT NULL") == 0
        )
    }

    @Test(
        arguments: [
            ("kind, job_id) VALUES ('retry', 99)", "act: unknown job"),
            (
                "kind) VALUES ('withdraw')",
                "act: withdraw takes a job_id, an account or an order_id"
            ),
            (
                "kind, state) VALUES ('retry', 'cancelled')",
                "act: retry takes ids in state failed, rejected or withdrawn"
            ),
            (
                "kind, job_id) VALUES ('pause', 1)",
                "act: pause and resume take an account, or none for all, and nothing else"
            ),
            (
                "kind, account, class) VALUES ('resume', 'main', 'x')",
                "act: state, class, err_code, since_ms and until_ms are for retry alone"
            ),
        ]
    )
    func `an act that makes no sense is refused with a sentence`(rest: String, sentence: String)
        throws
    {
        #expect(shell.refusal(of: "INSERT INTO act (\(rest)") == sentence)
        #expect(try shell.texts("SELECT count(*) FROM event") == ["0"])
    }

    @Test func `a later round comes from a retry alone`() {
        for sql in [
            "INSERT INTO cancel (job_id, order_id, round) VALUES (1, '1', 2)",
            "INSERT INTO cancel (job_id, order_id, round, act_id) VALUES (1, '1', 2, 77)",
            "INSERT OR REPLACE INTO cancel (job_id, order_id, round, act_id) VALUES (2, '5', 2, 1)",
        ] {
            #expect(shell.refusal(of: sql)?.hasPrefix("cancel: ") == true, "\(sql)")
        }
    }
}
