import CancelRunner
import CancelStore
import Cancels
import TestSupport
import Testing

/// What the exchange says of its limit only ever slows us down.
@Suite struct LimitTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    private func answered(_ request: Request, _ limit: LimitReport) -> Answer {
        var answer = desk.answer(request, .accepted)
        answer.limit = limit
        return answer
    }

    @Test func `a stricter limit is adopted at once, told, and given up when ours is stated again`()
        throws
    {
        try desk.queue(ids(0..<300))
        let first = try desk.turn().sends
        #expect(first.count == 5)
        let stricter = LimitReport(limit: 2, interval: 1_000, remaining: 1, reset: nil)
        for request in first { try desk.turn(answered(request, stricter), allowance: 0) }
        #expect(try desk.turn().sends.isEmpty)
        let next = try desk.nextSends()
        #expect(next.count == 2)
        #expect(try desk.texts("SELECT stated_limit FROM v_account") == ["2"])
        let ours = LimitReport(limit: 5, interval: 1_000, remaining: 4, reset: nil)
        for request in next { try desk.turn(answered(request, ours), allowance: 0) }
        desk.fixture.advance(by: .seconds(3))
        #expect(try desk.turn().sends.count == 5)
        #expect(try desk.texts("SELECT count(*) FROM event WHERE kind = 'limit'") == ["2"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `requests of other tools hold as many tokens, and are told`() throws {
        try desk.queue(ids(0..<10))
        let request = try #require(try desk.turn().sends.first)
        // Four of ours are free, and only one request remains: three were somebody else's.
        let report = LimitReport(limit: 5, interval: 1_000, remaining: 1, reset: 800)
        try desk.turn(answered(request, report))
        try desk.queue(ids(100..<200))
        #expect(try desk.turn().sends.count == 1)
        #expect(
            try desk.texts("SELECT foreign_last || ',' || foreign_most FROM v_account") == ["3,3"]
        )
        #expect(try desk.texts("SELECT count(*) FROM event WHERE kind = 'foreign_use'") == ["1"])
        // They are left their room for a while, and then everything is ours again.
        desk.fixture.advance(by: .seconds(2))
        #expect(try desk.turn().sends.count == 1)
        desk.fixture.advance(by: .seconds(9))
        #expect(try desk.turn().sends.count == 3)
    }

    @Test func `a refusal in spite of our own count is somebody else's use`() throws {
        try desk.queue(ids(0..<100))
        let sends = try desk.turn().sends
        var refused = desk.answer(sends[0], .throttled, code: "1032")
        refused.whole = Outcome(.throttled, code: "1032")
        try desk.turn(refused)
        for request in sends.dropFirst() {
            try desk.turn(desk.answer(request, .accepted), allowance: 0)
        }
        desk.fixture.advance(by: .seconds(3))
        // One is the probe after the trouble; with its answer all but the one left to others go.
        let probe = try #require(try desk.turn().sends.first)
        #expect(try desk.turn(desk.answer(probe, .accepted)).sends.count == 3)
        #expect(try desk.texts("SELECT foreign_last FROM v_account") == ["1"])
    }

    @Test func `our own burst is nobody else's use`() throws {
        try desk.queue(ids(0..<100))
        for (place, request) in try desk.turn().sends.enumerated() {
            let report = LimitReport(limit: 5, interval: 1_000, remaining: 4 - place, reset: 900)
            try desk.turn(answered(request, report), allowance: 0)
        }
        #expect(try desk.texts("SELECT foreign_most FROM v_account") == ["0"])
    }
}
