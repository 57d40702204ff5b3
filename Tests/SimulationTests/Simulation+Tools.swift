import CancelStore
import Cancels
import GRDB
import TestSupport

// Other tools and operators: whoever writes to the file beside the runners.

extension Simulation {
    private static let contracts = ["BTC-USDT", "ETH-USDT"]

    /// Queues a job, in one of the ways a tool may.
    func produce() throws {
        let account = random.pick(plan.accounts)
        let contract = random.pick(Self.contracts)
        let count = Int(random.number(1...25))
        var ids = (0..<count).map { _ in newOrder(account, contract) }
        let known = exchange.orders.keys.sorted().filter {
            exchange.orders[$0]?.account == account && exchange.orders[$0]?.contract == contract
        }
        if strikes(.sharedOrder), !known.isEmpty {
            note(.sharedOrder)
            ids += (0..<5).map { _ in random.pick(known) }
        }
        if strikes(.unknownOrder) {
            note(.unknownOrder)
            ids.append("7\(random.number(100_000...999_999))")
        }
        var columns: [(String, String)] = [("account", "'\(account)'")]
        columns += name(of: contract)
        columns += times()
        if strikes(.priority) {
            note(.priority)
            columns.append(("priority", "\(random.number(-2...9))"))
        }
        try queue(ids, columns)
    }

    /// An order on the exchange's books, which may fire, fail or be cancelled by others in its time.
    private func newOrder(_ account: String, _ contract: String) -> String {
        let number = 826_000_000_000_000_000 + Int64(exchange.orders.count) * 7
        let nature: ModelOrder.Nature =
            if strikes(.poison) {
                .poison
            } else if strikes(.permanentCode) {
                .permanent
            } else if strikes(.unlistedID) {
                .unlisted
            } else if strikes(.firedAfterWord) {
                .firesAfterWord
            } else {
                .plain
            }
        let id = "\(number)"
        exchange.orders[id] = ModelOrder(
            id: id,
            account: account,
            contract: contract,
            nature: nature
        )
        return id
    }

    private func name(of contract: String) -> [(String, String)] {
        if strikes(.badContract) {
            note(.badContract)
            return [("contract_code", "'NONE-USDT'")]
        }
        if strikes(.wrongContract) {
            note(.wrongContract)
            return [("contract_code", "'XRP-USDT'")]
        }
        if strikes(.otherName) {
            note(.otherName)
            return [("pair", "'\(contract)'"), ("contract_type", "'swap'")]
        }
        return [("contract_code", "'\(contract)'")]
    }

    private func times() -> [(String, String)] {
        let now = clocks.now.wall.milliseconds
        var columns = [("queued_at_ms", "\(now)")]
        if strikes(.notBefore) {
            note(.notBefore)
            columns.append(("not_before_ms", "\(now + random.number(1...60_000))"))
        } else if strikes(.notAfter) {
            note(.notAfter)
            columns.append(("not_after_ms", "\(now + random.number(0...20_000))"))
        }
        return columns
    }

    /// Writes the job: as text, as JSON, or row by row; and now and then as what must be refused.
    private func queue(_ ids: [String], _ columns: [(String, String)]) throws {
        let names = columns.map(\.0).joined(separator: ", ")
        let values = columns.map(\.1).joined(separator: ", ")
        let insert = { (list: String) in
            "INSERT INTO job (order_ids, \(names)) VALUES ('\(list)', \(values))"
        }
        if strikes(.badInputRefused) {
            note(.badInputRefused)
            try expectRefusal(insert(ids.joined(separator: ",") + ",12a"))
        }
        if strikes(.rowByRow) {
            // As `quash enqueue` does, and in bulk.
            note(.rowByRow, Int64(ids.count))
            try shell.inTransaction(.immediate) { db in
                try db.execute(sql: insert(ids[0]))
                let job = db.lastInsertedRowID
                for id in ids {
                    let sql = "INSERT INTO cancel (job_id, order_id) VALUES (?, ?)"
                    try db.execute(sql: sql, arguments: [job, id])
                }
                return .commit
            }
        } else if strikes(.jsonJob) {
            note(.jsonJob, Int64(ids.count))
            try write(insert("[" + ids.map { "\"\($0)\"" }.joined(separator: ", ") + "]"))
        } else {
            note(.sqlJob, Int64(ids.count))
            try write(insert(ids.joined(separator: ",")))
        }
        inspector.expect(ids, inJob: try lastJob())
        if strikes(.dedupRefused) {
            note(.dedupRefused)
            let keyed =
                "INSERT INTO job (order_ids, dedup_key, \(names)) VALUES ('\(ids[0])', 'k\(exchange.orders.count)', \(values))"
            try write(keyed)
            inspector.expect([ids[0]], inJob: try lastJob())
            try expectRefusal(keyed)
        }
        try look(after: nil)
    }

    private func lastJob() throws -> Int64 {
        try shell.read { try Int64.fetchOne($0, sql: "SELECT max(id) FROM job") ?? 0 }
    }

    /// Writes as another tool does.
    func write(_ sql: String) throws {
        try shell.writeWithoutTransaction { try $0.execute(sql: sql) }
    }

    private func expectRefusal(_ sql: String) throws {
        let before = try lastJob()
        do {
            try write(sql)
            fail("accepted: \(sql)")
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            if try lastJob() != before { fail("refused, and yet a job was stored: \(sql)") }
        }
    }

    /// Does one of the things an operator may do.
    func operate() throws {
        let account = random.pick(plan.accounts)
        let job = try lastJob()
        guard job > 0 else { return }
        let some = random.number(1...job)
        let kinds: [Happening] = [
            .pause, .resume, .retry, .withdrawJob, .withdrawOrder, .withdrawAccount,
        ]
        guard let kind = kinds.first(where: { strikes($0) }) else { return }
        note(kind)
        let at = clocks.now.wall.milliseconds
        switch kind {
        case .pause: try act("pause", ("account", "'\(account)'"), at)
        case .resume:
            exchange.barred.remove(account)
            try act("resume", ("account", "'\(account)'"), at)
        case .retry:
            try act("retry", ("state", "'\(random.pick(["failed", "rejected", "withdrawn"]))'"), at)
        case .withdrawJob: try act("withdraw", ("job_id", "\(some)"), at)
        case .withdrawAccount: try act("withdraw", ("account", "'\(account)'"), at)
        default:
            guard !exchange.orders.isEmpty else { return }
            let id = random.pick(exchange.orders.keys.sorted())
            try act("withdraw", ("order_id", "'\(id)'"), at)
        }
        try look(after: nil)
    }

    private func act(_ kind: String, _ scope: (String, String), _ at: Int64) throws {
        tell("act \(kind) \(scope)")
        try write(
            "INSERT INTO act (kind, \(scope.0), at_ms, by, reason) "
                + "VALUES ('\(kind)', \(scope.1), \(at), 'ann', 'a simulated run')"
        )
    }
}
