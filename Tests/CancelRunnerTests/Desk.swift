import CancelRunner
import CancelStore
import Cancels
import GRDB
import Logging
import TestSupport

/// A runner on a manual clock: turns are called by hand, answers are made up, and the file is real.
final class Desk {
    let fixture: Fixture
    var settings = Settings()
    private(set) var runner: Int64 = 0
    var accounts: [String]
    /// Processes that are provably gone.
    var gone: Set<Int64> = []
    private var runners: Int64 = 0
    private let endpoints: [Endpoint]

    /// Opens a desk; without `looksUp` it has no tokens for lookups, so none disturbs what is tested.
    init(accounts: [String] = ["main"], looksUp: Bool = false) throws {
        fixture = try Fixture()
        self.accounts = accounts
        endpoints = looksUp ? [.cancel, .lookup] : [.cancel]
        for account in accounts where account != "main" {
            try fixture.store.write { try $0.addAccount(account) }
        }
        try start()
    }

    /// Another process on the same file takes over this desk, as after a kill.
    func start() throws {
        agenda.forget()
        runners += 1
        let process = Ledger.Process(pid: runners, started: 1, space: "here")
        runner = try fixture.store.write { ledger in
            for account in accounts {
                for endpoint in endpoints {
                    try ledger.ensureBucket(
                        account: account,
                        endpoint: endpoint,
                        policy: settings.policy(of: endpoint),
                        now: fixture.now
                    )
                }
            }
            return try ledger.register(name: "r\(runners)", process: process, now: fixture.now)
        }
    }

    private var agenda = Agenda()
    private var seen: Outlook?

    /// One turn.
    @discardableResult
    func turn(
        _ answers: Answer...,
        allowance: Int = .max,
        work: Turn.Work = .all,
        lead: Lead = .none
    ) throws -> Turn.Result {
        let gone = gone
        let turn = Turn(
            runner: runner,
            accounts: accounts,
            work: work,
            settings: settings,
            isGone: { gone.contains($0.pid) }
        )
        // By the rules of the loop: another's commit, or another world, and everything is looked at.
        let outlook = Outlook(
            version: try fixture.store.dataVersion(),
            allowance: allowance,
            accounts: accounts,
            work: work
        )
        if outlook != seen { agenda.forget() }
        seen = outlook
        let result = try fixture.store.write { [agenda] in
            try turn.run(
                recording: answers,
                allowance: allowance,
                agenda: agenda,
                lead: lead,
                on: $0,
                now: fixture.now
            )
        }
        agenda = result.agenda
        return result
    }

    /// What lies outside a turn and decides what it may claim.
    private struct Outlook: Hashable {
        let version: Int?
        let allowance: Int
        let accounts: [String]
        let work: Turn.Work
    }

    /// Queues ids by SQL.
    @discardableResult
    func queue(
        _ ids: [OrderID],
        _ columns: [String: String] = ["contract_code": "'BTC-USDT'"]
    ) throws -> Int64 {
        let names = columns.keys.sorted()
        let values = names.compactMap { columns[$0] }
        let list = ids.map(\.text).joined(separator: ",")
        let extra = columns["queued_at_ms"] == nil ? fixture.now.wall.milliseconds : nil
        let sql =
            "INSERT INTO job (order_ids, \(names.joined(separator: ", "))"
            + (extra == nil ? "" : ", queued_at_ms")
            + ") VALUES ('\(list)', \(values.joined(separator: ", "))"
            + (extra.map { ", \($0)" } ?? "") + ")"
        return try write(sql)
    }

    /// Runs SQL as an operator would; gives the last id inserted.
    @discardableResult
    func write(_ sql: String) throws -> Int64 {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let shell = try DatabaseQueue(path: fixture.path, configuration: configuration)
        return try shell.writeWithoutTransaction { db in
            try db.execute(sql: sql)
            return db.lastInsertedRowID
        }
    }

    /// An answer to a request in which every id has one outcome.
    func answer(_ request: Request, _ kind: Outcome.Kind, code: String? = nil) -> Answer {
        answer(request, kind: .answered) { _ in Outcome(kind, code: code) }
    }

    /// An answer that says of each id what `outcome` does.
    func answer(
        _ request: Request,
        kind: Answer.Kind,
        outcome: (OrderID) -> Outcome
    ) -> Answer {
        var answer = Answer(
            requestID: request.id,
            kind: kind,
            outcomes: Dictionary(uniqueKeysWithValues: request.orderIDs.map { ($0, outcome($0)) }),
            receivedAt: fixture.now.boot,
            receivedWall: fixture.now.wall
        )
        answer.sentAt = request.grantedAt
        answer.exchange = "https://api.hbdm.com"
        answer.httpStatus = 200
        answer.body = Array(request.orderIDs.map(\.text).joined(separator: ",").utf8)
        return answer
    }

    /// Turns until something is sent, at most for some hours.
    func nextSends(work: Turn.Work = .all) throws -> [Request] {
        for _ in 0..<400 {
            let result = try turn(work: work)
            if !result.sends.isEmpty { return result.sends }
            guard let wake = result.wake else { return [] }
            fixture.advance(by: max(wake - fixture.now.boot, .milliseconds(1)))
        }
        return []
    }

    /// The page of a list that a lookup brought.
    func page(
        _ request: Request,
        _ orders: [(OrderID, Finding)],
        of count: Int = 1,
        total: Int? = nil
    ) -> Answer {
        var number = 1
        if case .lookup(_, let page) = request.call { number = page }
        var answer = answer(request, kind: .answered) { _ in Outcome(.unknown) }
        answer.page = OrderPage(
            orders: orders.map { ListedOrder(id: $0.0, finding: $0.1) },
            number: number,
            count: count,
            total: total
        )
        answer.body = Array(orders.map(\.0.text).joined(separator: ",").utf8)
        return answer
    }

    /// The first column of a query, as text.
    func texts(_ sql: String) throws -> [String] {
        try fixture.store.read { try String.fetchAll($0, sql: sql) }
    }

    /// `order id state class` of every cancel, in order of age.
    func states() throws -> [String] {
        try texts("SELECT state || coalesce(' ' || class, '') FROM cancel ORDER BY id")
    }

    /// Breaches of the promises that SQL can check.
    func violations() throws -> [String] {
        try texts("SELECT promise || ': ' || breach FROM v_violation")
    }
}

/// Ids by number.
func ids(_ range: Range<Int>) -> [OrderID] { range.map { .sample($0) } }

extension Answer {
    /// What an exchange says at once that accepts everything.
    init(accepting request: Request, at now: Now) {
        let accepted = Outcome(.accepted)
        self.init(
            requestID: request.id,
            kind: .answered,
            outcomes: Dictionary(uniqueKeysWithValues: request.orderIDs.map { ($0, accepted) }),
            receivedAt: now.boot,
            receivedWall: now.wall
        )
        body = Array(request.orderIDs.map(\.text).joined(separator: ",").utf8)
    }
}

extension Desk {
    /// Stands in line behind the requests that the loop has handed over: it has a thread of its own, and they share
    /// the others.
    static func letRequestsRun() async {
        await withTaskExecutorPreference(globalConcurrentExecutor) { await Task.yield() }
    }

    /// Runs the loop over its file, in a world of one's own, until nothing is left.
    func drain(in world: Runner.World) async throws {
        let turn = Turn(
            runner: runner,
            accounts: accounts,
            settings: settings,
            isGone: { _ in false }
        )
        try await Runner(
            store: fixture.store,
            turn: turn,
            mode: .drain(wait: .seconds(60)),
            world: world,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).run()
    }
}
