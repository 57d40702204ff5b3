import CancelRunner
import Cancels
import TestSupport
import Testing

/// Which ids are sent, in what company, and when.
@Suite struct ClaimTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    @Test func `fifty ids of one-id jobs leave at once in five full requests`() throws {
        for id in ids(0..<60) { try desk.queue([id]) }
        let result = try desk.turn()
        #expect(result.sends.map(\.orderIDs.count) == [10, 10, 10, 10, 10])
        #expect(result.sends.flatMap(\.orderIDs) == ids(0..<50))
        #expect(try desk.turn().sends.isEmpty, "all five tokens are busy")
    }

    @Test func `the intent is in the file before anything can be sent`() throws {
        try desk.queue(ids(0..<3))
        let request = try #require(try desk.turn().sends.first)
        #expect(
            try desk.texts("SELECT order_ids FROM request WHERE id = \(request.id)") == [
                ids(0..<3).map(\.text).joined(separator: ",")
            ]
        )
        #expect(try desk.states() == ["sending", "sending", "sending"])
        #expect(
            try desk.texts("SELECT request_id FROM token WHERE request_id IS NOT NULL") == ["1"]
        )
    }

    @Test func `an id past its deadline is not sent along with another job's, swept or not`() throws
    {
        desk.settings.sweep = 1
        let soon = desk.fixture.now.wall.milliseconds + 10
        let columns = ["contract_code": "'BTC-USDT'", "not_after_ms": "\(soon)"]
        try desk.queue(ids(0..<3), columns)
        try desk.queue(ids(0..<3))
        desk.fixture.advance(by: .milliseconds(11))
        try desk.turn()
        #expect(
            try desk.states() == ["expired", "pending", "pending", "sending", "sending", "sending"]
        )
    }

    @Test func `a backlog of n ids of one target costs ceil(n over 10) requests`() throws {
        for start in stride(from: 0, to: 97, by: 7) {
            try desk.queue(ids(start..<min(start + 7, 97)))
        }
        var sent = 0
        for _ in 0..<40 {
            for request in try desk.turn().sends {
                sent += 1
                desk.fixture.advance(by: .milliseconds(10))
                try desk.turn(desk.answer(request, .accepted), allowance: 0)
            }
            desk.fixture.advance(by: .milliseconds(500))
        }
        #expect(sent == 10)
        #expect(Set(try desk.states()) == ["cancelled accepted"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `priority goes before age, over all targets`() throws {
        try desk.queue(ids(0..<2), ["contract_code": "'BTC-USDT'"])
        try desk.queue(ids(2..<4), ["contract_code": "'ETH-USDT'", "priority": "5"])
        try desk.queue(ids(4..<6), ["contract_code": "'BTC-USDT'", "priority": "7"])
        let sends = try desk.turn().sends
        #expect(sends.map(\.orderIDs) == [ids(4..<6) + ids(0..<2), ids(2..<4)])
        #expect(sends.map(\.target.contract) == [.code("BTC-USDT"), .code("ETH-USDT")])
    }

    @Test func `a request carries one target only, and accounts do not wait for each other`() throws
    {
        let desk = try Desk(accounts: ["main", "desk2"])
        try desk.queue(ids(0..<60))
        try desk.queue(ids(60..<61), ["account": "'desk2'", "contract_code": "'BTC-USDT'"])
        try desk.queue(
            ids(61..<62),
            ["account": "'desk2'", "pair": "'BTC-USDT'", "contract_type": "'swap'"]
        )
        let sends = try desk.turn().sends
        #expect(sends.filter { $0.target.account == "main" }.count == 5)
        #expect(
            sends.filter { $0.target.account == "desk2" }.map(\.target.contract)
                == [.code("BTC-USDT"), .pair("BTC-USDT", .swap)]
        )
    }

    @Test func `an id wanted by several jobs is sent once and settles all`() throws {
        for _ in 0..<3 { try desk.queue(ids(0..<2)) }
        let result = try desk.turn()
        #expect(result.sends.map(\.orderIDs) == [ids(0..<2)])
        let settled = try desk.turn(desk.answer(result.sends[0], .accepted)).settled
        #expect(settled == 6)
        #expect(Set(try desk.states()) == ["cancelled accepted"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a job queued while its id is in flight is settled by that answer`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        try desk.queue(ids(0..<1))
        #expect(try desk.turn().sends.isEmpty, "one unfinished request per order")
        #expect(try desk.turn(desk.answer(request, .notFound, code: "1061")).settled == 2)
        #expect(try desk.states() == ["rejected not_found", "rejected not_found"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `an id under another name of its contract waits its turn`() throws {
        try desk.queue(ids(0..<1))
        let first = try #require(try desk.turn().sends.first)
        try desk.queue(ids(0..<1), ["pair": "'BTC-USDT'", "contract_type": "'swap'"])
        #expect(try desk.turn().sends.isEmpty)
        let next = try desk.turn(desk.answer(first, .notFound, code: "1061")).sends
        #expect(next.map(\.target.contract) == [.pair("BTC-USDT", .swap)])
        try desk.turn(desk.answer(next[0], .accepted))
        #expect(try desk.states() == ["rejected not_found", "cancelled accepted"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `not_before is kept by the wall clock`() throws {
        let start = desk.fixture.now.wall.milliseconds + 60_000
        try desk.queue(ids(0..<1), ["contract_code": "'BTC-USDT'", "not_before_ms": "\(start)"])
        let early = try desk.turn()
        #expect(early.sends.isEmpty)
        #expect(early.wake == desk.fixture.now.boot + .milliseconds(60_001))
        desk.fixture.advance(by: .seconds(60))
        #expect(try desk.turn().sends.count == 1)
    }

    @Test func `not_after expires what was not sent in time`() throws {
        let end = desk.fixture.now.wall.milliseconds + 1_000
        try desk.queue(ids(0..<60), ["contract_code": "'BTC-USDT'", "not_after_ms": "\(end)"])
        let sends = try desk.turn().sends
        #expect(sends.count == 5)
        desk.fixture.advance(by: .milliseconds(1_001))
        try desk.turn()
        #expect(try desk.states().filter { $0 == "expired" }.count == 10)
        // In flight when the deadline came: the wish is applied at the verdict.
        try desk.turn(desk.answer(sends[0], .transient), desk.answer(sends[1], .accepted))
        #expect(try desk.states().filter { $0 == "expired" }.count == 20)
        #expect(try desk.states().filter { $0 == "cancelled accepted" }.count == 10)
        try desk.turn(desk.answer(sends[2], kind: .lost) { _ in Outcome(.unknown) })
        #expect(try desk.states().filter { $0 == "unresolved unknown" }.count == 10)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a deadline holds for more ids than one sweep moves`() throws {
        desk.settings.sweep = 7
        let end = desk.fixture.now.wall.milliseconds
        try desk.queue(ids(0..<20), ["contract_code": "'BTC-USDT'", "not_after_ms": "\(end)"])
        desk.fixture.advance(by: .milliseconds(1))
        for expired in [7, 14, 20] {
            let result = try desk.turn()
            #expect(result.sends.isEmpty)
            #expect(try desk.states().filter { $0 == "expired" }.count == expired)
        }
        #expect(try desk.turn().wake == nil)
    }

    @Test func `a paused account is claimed for no more, others go on`() throws {
        let desk = try Desk(accounts: ["main", "desk2"])
        try desk.queue(ids(0..<1))
        try desk.queue(ids(1..<2), ["account": "'desk2'", "contract_code": "'BTC-USDT'"])
        try desk.write("INSERT INTO act (kind, account) VALUES ('pause', 'main')")
        #expect(try desk.turn().sends.map(\.target.account) == ["desk2"])
        try desk.write("INSERT INTO act (kind, account) VALUES ('resume', 'main')")
        #expect(try desk.turn().sends.map(\.target.account) == ["main"])
    }

    @Test func `draining claims nothing more`() throws {
        try desk.queue(ids(0..<1))
        #expect(try desk.turn(allowance: 0).sends.isEmpty)
    }

    @Test func `a finished file costs no request`() throws {
        try desk.queue(ids(0..<10))
        let request = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(request, .accepted))
        for _ in 0..<5 {
            desk.fixture.advance(by: .seconds(100))
            let result = try desk.turn()
            #expect(result.sends.isEmpty && result.wake == nil)
        }
    }
}
