import CancelStore
import Cancels
import GRDB
import TestSupport
import Testing

/// History is append-only, final states are final, and no foreign statement gets round it.
@Suite struct HistoryTests {
    private let fixture: Fixture
    private let shell: Shell

    /// One row in every table: a request for two ids, one cancelled and one still sending.
    init() throws {
        fixture = try Fixture()
        shell = try Shell(fixture.path)
        try shell.run("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '1,2,3')")
        let now = fixture.now
        try fixture.store.write { ledger in
            try ledger.ensureBucket(
                account: "main",
                endpoint: .cancel,
                policy: BucketPolicy(),
                now: now
            )
            let runner = try ledger.register(
                name: "r",
                process: .init(pid: 1, started: 1, space: "here"),
                now: now
            )
            let ids = ["1", "2"].compactMap { OrderID($0) }
            let request = try ledger.writeRequest(
                runner: runner,
                targetID: 1,
                call: .cancel(ids),
                members: [1, 2],
                slot: 0,
                grantedAt: now.boot,
                hold: .seconds(9),
                now: now
            )
            try Self.settleFirst(of: request, ledger, now)
        }
    }

    private static func settleFirst(of request: Request, _ ledger: Ledger, _ now: Now) throws {
        var answer = Answer(
            requestID: request.id,
            kind: .answered,
            outcomes: [:],
            receivedAt: now.boot,
            receivedWall: now.wall
        )
        answer.body = Array("1".utf8)
        let answerID = try ledger.keep(answer, isLate: false, now: now)
        let member = try #require(try ledger.members(of: request.id).first)
        let accepted = Outcome(.accepted)
        try ledger.recordAttempt(
            request: request.id,
            cancel: member.cancelID,
            outcome: accepted,
            isCounted: true
        )
        let settlement = Settlement(
            .cancelled,
            .accepted,
            code: nil,
            message: nil,
            answerID: answerID
        )
        let isSettled = try ledger.settle(
            member,
            of: request.id,
            as: settlement,
            after: .accepted,
            isCounted: true,
            now: now
        )
        #expect(isSettled)
        try ledger.note(Event("start"), now: now)
        #expect(try !ledger.rebase(hold: .zero, now: now))
        _ = try ledger.leaseCheckpointer(request.id, now: now)
    }

    /// A scan that looked for the second id and did not find it.
    private func lookUpTheSecond() throws {
        let now = fixture.now
        try fixture.store.write { ledger in
            let member = try #require(try ledger.members(of: 1).first)
            let unknown = Settlement(.unresolved, .unknown, code: nil, message: nil)
            let isSettled = try ledger.settle(
                member,
                of: 1,
                as: unknown,
                after: .unknown,
                isCounted: true,
                now: now
            )
            #expect(isSettled)
            try ledger.beginScan(target: 1, runner: 1, now: now)
            let missed = try #require(try ledger.unfoundMembers(of: 1, limit: 1).first)
            try ledger.record(Finding(.absent), of: missed, scan: 1, answer: 1, now: now)
        }
    }

    static let tables = [
        "request": "request: history never changes",
        "answer": "answer: history never changes",
        "attempt": "attempt: history never changes",
        "event": "event: history never changes",
        "target": "target: rows never change",
        "act": "act: history never changes",
        "finding": "finding: history never changes",
        "scan_member": "scan_member: history never changes",
    ]

    @Test(arguments: tables.keys.sorted(), ["UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE"])
    func `no column of history can be changed`(table: String, verb: String) throws {
        try lookUpTheSecond()
        try shell.run("INSERT INTO act (kind, account) VALUES ('pause', 'main')")
        let columns = try shell.texts("SELECT name FROM pragma_table_info('\(table)')")
        for column in columns where column != "seal" {
            let refusal = shell.refusal(of: "\(verb) \(table) SET \(column) = \(column)")
            #expect(refusal == Self.tables[table], "\(table).\(column)")
        }
    }

    @Test(
        arguments: [
            "job", "cancel", "request", "answer", "attempt", "event", "target", "account", "runner",
            "bucket", "token", "act", "tally", "lookup", "scan", "scan_member", "finding", "boot",
            "checkpointer",
        ]
    )
    func `no row can be deleted or replaced`(table: String) throws {
        try lookUpTheSecond()
        try shell.run("INSERT INTO act (kind, account) VALUES ('pause', 'main')")
        let before = try shell.number("SELECT count(*) FROM \(table)")
        #expect(before > 0)
        #expect(shell.refusal(of: "DELETE FROM \(table)") != nil)
        for verb in ["INSERT", "INSERT OR REPLACE", "INSERT OR IGNORE"] {
            let refusal = shell.refusal(of: "\(verb) INTO \(table) SELECT * FROM \(table)")
            #expect(refusal?.hasPrefix("\(table): ") == true, "\(verb): \(refusal ?? "accepted")")
        }
        #expect(try shell.number("SELECT count(*) FROM \(table)") == before)
    }

    @Test func `a final cancel never changes`() {
        for change in ["state = 'pending'", "err_msg = 'x'", "attempts = 9", "class = 'confirmed'"]
        {
            for verb in ["UPDATE", "UPDATE OR IGNORE", "UPDATE OR REPLACE"] {
                #expect(
                    shell.refusal(of: "\(verb) cancel SET \(change) WHERE id = 1")
                        == "cancel: a final state never changes; a retry opens the next round"
                )
            }
        }
    }

    @Test func `what a cancel is for never changes`() {
        for change in ["order_id = '9'", "job_id = 2", "round = 2", "id = 9"] {
            #expect(
                shell.refusal(of: "UPDATE OR REPLACE cancel SET \(change) WHERE id = 3")
                    == "cancel: id, job_id, order_id, round and act_id never change"
            )
        }
    }

    @Test func `no cancel becomes final without evidence`() {
        for state in ["cancelled", "rejected", "failed", "expired", "withdrawn"] {
            let sql =
                "UPDATE cancel SET state = '\(state)', class = 'accepted', settled_at_ms = 1 WHERE id = 3"
            #expect(shell.refusal(of: sql)?.contains("constraint failed: cancel_") == true)
        }
    }

    @Test func `doubt is never settled as failed, expired or withdrawn`() throws {
        try shell.run("UPDATE cancel SET unknowns = 1 WHERE id = 3")
        for state in ["failed", "expired", "withdrawn"] {
            let sql =
                "UPDATE cancel SET state = '\(state)', settled_at_ms = 1, event_id = 1, answer_id = 1, "
                + "class = iif('\(state)' = 'failed', 'transient', NULL) WHERE id = 3"
            #expect(
                shell.refusal(of: sql)
                    == "cancel: an order with an unknown attempt behind it goes through unresolved first"
            )
        }
    }

    @Test func `an order is in one unfinished request at most`() throws {
        try shell.run("INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '2')")
        try shell.run(
            """
            INSERT INTO request (runner_id, endpoint, target_id, order_ids, size, token, granted_at_ms,
                granted_ns, boot_id) VALUES (1, 'cancel', 1, '2', 1, 1, 1, 1, 'b')
            """
        )
        #expect(
            shell.refusal(of: "UPDATE cancel SET state = 'sending', request_id = 2 WHERE id = 4")
                == "cancel: that order id is in an unfinished request already"
        )
    }

    @Test func `a job never changes but in its standing`() throws {
        let columns = try shell.texts("SELECT name FROM pragma_table_info('job')")
        for column in columns where column != "standing" {
            #expect(
                shell.refusal(of: "UPDATE OR REPLACE job SET \(column) = \(column)")
                    == "job: what was queued never changes; queue another job",
                "\(column)"
            )
        }
    }

    @Test func `a seal is set once`() throws {
        try shell.run("UPDATE answer SET seal = x'01'")
        #expect(
            shell.refusal(of: "UPDATE answer SET seal = x'02'")
                == "answer: a seal is set once and never changes"
        )
        #expect(
            shell.refusal(of: "UPDATE answer SET seal = NULL")
                == "answer: a seal is set once and never changes"
        )
        #expect(
            shell.refusal(of: "INSERT INTO event (kind, seal) VALUES ('x', x'01')")
                == "event: rows come unsealed"
        )
    }

    @Test func `the tally follows every final state`() throws {
        #expect(
            try shell.texts("SELECT state || ids FROM tally WHERE ids > 0 ORDER BY state")
                == ["cancelled1"]
        )
    }

    @Test func `pausing and resuming by SQL is an act with its event`() throws {
        try shell.run(
            "INSERT INTO act (kind, account, reason, by) VALUES ('pause', 'main', 'lunch', 'ann')"
        )
        #expect(try shell.texts("SELECT paused_reason FROM v_account") == ["lunch"])
        try shell.run("INSERT INTO act (kind, account) VALUES ('resume', 'main')")
        #expect(try shell.number("SELECT count(*) FROM v_account WHERE paused_at_ms IS NULL") == 1)
        #expect(
            try shell.texts("SELECT kind || coalesce(by, '') FROM event WHERE account = 'main'")
                == ["pauseann", "resume"]
        )
        #expect(
            shell.refusal(of: "INSERT INTO act (kind, account) VALUES ('stop', 'main')")
                == "act: kind is one of pause, resume, retry, withdraw"
        )
        #expect(
            shell.refusal(of: "INSERT OR REPLACE INTO act (kind, account) VALUES ('pause', 'x')")
                == "act: unknown account"
        )
    }

    @Test func `v_violation sees a breach made behind the triggers' back`() throws {
        #expect(
            try shell.number("SELECT count(*) FROM v_violation WHERE promise = 'evidence'") == 0
        )
        try shell.run(
            """
            DROP TRIGGER cancel_update; DROP TRIGGER cancel_identity;
            UPDATE cancel SET order_id = '77' WHERE id = 1;
            """
        )
        #expect(
            try shell.number("SELECT count(*) FROM v_violation WHERE promise = 'evidence'") == 1
        )
    }
}
