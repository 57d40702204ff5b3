import CancelRunner
import CancelStore
import Cancels
import Synchronization
import TestSupport
import Testing

/// A turn passes over the accounts that can claim nothing, and over no other.
@Suite struct AgendaTests {
    private let desk: Desk

    init() throws {
        desk = try Desk(accounts: ["main", "other"])
        for account in ["'main'", "'other'"] {
            try desk.queue(ids(0..<100), ["account": account, "contract_code": "'BTC-USDT'"])
        }
    }

    /// How many statements a turn runs.
    private func statements(_ body: () throws -> Void) throws -> Int {
        let count = Counter()
        desk.fixture.store.watchStatements { count.total.withLock { $0 += 1 } }
        try body()
        return count.total.withLock(\.self)
    }

    @Test func `an account that waits for its tokens costs nothing until one is free`() throws {
        #expect(try desk.turn().sends.count == 10)
        let idle = try statements { try #require(try desk.turn().sends.isEmpty) }
        // A process that knows nothing looks at both accounts.
        try desk.start()
        let whole = try statements { try #require(try desk.turn().sends.isEmpty) }
        #expect(whole - idle >= 10, "\(whole) statements, and \(idle) where both are passed over")
    }

    @Test func `an answer has its account looked at, and its token is used when it is free`() throws
    {
        let sends = try desk.turn().sends
        let first = try #require(sends.first { $0.target.account == "other" })
        let result = try desk.turn(desk.answer(first, .accepted))
        #expect(result.sends.isEmpty)
        let wake = try #require(result.wake)
        // In between the other account's turn comes and goes.
        desk.fixture.advance(by: .milliseconds(500))
        #expect(try desk.turn().wake == wake)
        desk.fixture.advance(by: wake - desk.fixture.now.boot)
        #expect(try desk.turn().sends.map(\.target.account) == ["other"])
    }

    @Test func `a turn has enough at some point, and the next one begins where it stopped`() throws
    {
        let names = ["a", "b", "c", "d", "e"]
        let desk = try Desk(accounts: names)
        for name in names {
            try desk.queue(ids(0..<1_000), ["account": "'\(name)'", "contract_code": "'BTC-USDT'"])
        }
        desk.settings.grants = 10
        let turn = Turn(
            runner: desk.runner,
            accounts: names,
            settings: desk.settings,
            isGone: { _ in false }
        )
        var (agenda, answers, served) = (Agenda(), [Answer](), [[String]]())
        for _ in 0..<4 {
            let result = try desk.fixture.store.write {
                try turn.run(recording: answers, agenda: agenda, on: $0, now: desk.fixture.now)
            }
            #expect(result.wake == desk.fixture.now.boot, "the rest does not wait")
            served.append(Set(result.sends.map(\.target.account)).sorted())
            // Two seconds later, all that was granted could be granted again.
            (agenda, answers) = (result.agenda, result.sends.map { desk.answer($0, .accepted) })
            desk.fixture.advance(by: .seconds(2))
        }
        #expect(served == [["a", "b"], ["c", "d"], ["a", "e"], ["b", "c"]])
    }

    @Test func `what another process queues is claimed by the next turn`() throws {
        let desk = try Desk()
        #expect(try desk.turn().sends.isEmpty)
        #expect(try desk.turn().wake == nil)
        try desk.queue(ids(0..<10))
        #expect(try desk.turn().sends.count == 1)
    }

    @Test func `what becomes possible in the sweep of a turn is claimed by that turn`() throws {
        let desk = try Desk()
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        let began = desk.fixture.now.boot
        try desk.turn(desk.answer(request, .transient))
        let sends = try desk.nextSends()
        #expect(sends.map(\.orderIDs) == [request.orderIDs])
        // The back-off of one second, spread by up to a quarter.
        #expect(desk.fixture.now.boot - began <= .milliseconds(1_251))
    }
}

private final class Counter: Sendable {
    let total = Mutex(0)
}
