import CancelRunner
import Cancels
import TestSupport
import Testing

/// The limit over answers, losses, kills, reboots and clock steps.
@Suite struct TokenTests {
    private let desk: Desk

    init() throws {
        desk = try Desk()
        try desk.queue(ids(0..<500))
    }

    @Test func `an answer frees its token a window and a margin later`() throws {
        let sends = try desk.turn().sends
        desk.fixture.advance(by: .milliseconds(30))
        let result = try desk.turn(desk.answer(sends[0], .accepted))
        #expect(result.sends.isEmpty)
        #expect(result.wake == desk.fixture.now.boot + .milliseconds(1002))
        desk.fixture.advance(by: .milliseconds(1001))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1))
        #expect(try desk.turn().sends.count == 1)
    }

    @Test func `without an answer a token stays busy for its hold, through a restart`() throws {
        _ = try desk.turn()
        desk.gone = [1]
        try desk.start()
        let recovered = try desk.turn()
        #expect(recovered.sends.isEmpty, "the requests of the dead may still arrive")
        #expect(try desk.states().filter { $0 == "pending unknown" }.count == 50)
        desk.fixture.advance(by: desk.settings.bucket.hold - .nanoseconds(1))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .nanoseconds(1))
        #expect(try desk.turn().sends.count == 5)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a request that was not sent gives its token back at once`() throws {
        let sends = try desk.turn().sends
        let result = try desk.turn(
            desk.answer(sends[0], kind: .unsent) { _ in Outcome(.notSent) }
        )
        #expect(result.sends.map(\.orderIDs) == [sends[0].orderIDs])
        #expect(try desk.texts("SELECT attempts FROM cancel WHERE id = 1") == ["0"])
    }

    @Test func `after a reboot every token waits one full hold, once`() throws {
        let sends = try desk.turn().sends
        desk.fixture.reboot()
        try desk.start()
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: desk.settings.bucket.hold - .milliseconds(1))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1))
        #expect(try desk.turn().sends.count == 5)
        desk.fixture.advance(by: .milliseconds(1))
        let late = try desk.turn(desk.answer(sends[0], .accepted))
        #expect(late.settled == 0, "it was given up as the boot changed")
        #expect(
            try desk.texts("SELECT late FROM answer WHERE request_id = 1 ORDER BY late") == [
                "0", "1",
            ]
        )
        #expect(try desk.violations().isEmpty)
    }

    @Test func `the token of a request given up comes back when it can arrive no more`() throws {
        try desk.queue(ids(100..<200))
        let sends = try desk.turn().sends
        #expect(sends.count == 5)
        desk.fixture.advance(by: .milliseconds(300))
        try desk.turn(desk.answer(sends[0], kind: .lost) { _ in Outcome(.unknown) })
        let bucket = desk.settings.bucket
        desk.fixture.advance(by: bucket.lateAllowance + bucket.window - .milliseconds(1))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1))
        #expect(try desk.turn().sends.count == 1)
    }

    @Test func `the wall clock may step without breaking anything`() throws {
        let sends = try desk.turn().sends
        desk.fixture.stepWall(by: .seconds(-3_600))
        #expect(try desk.turn(desk.answer(sends[0], .accepted)).settled == 10)
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.stepWall(by: .seconds(7_200))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1002))
        #expect(try desk.turn().sends.count == 1)
    }

    @Test func `throttled: all tokens wait, and no attempt is counted`() throws {
        let sends = try desk.turn().sends
        var refused = desk.answer(sends[0], .throttled, code: "1032")
        refused.whole = Outcome(.throttled, code: "1032")
        let held = try desk.turn(refused)
        #expect(held.wake == desk.fixture.now.boot + .milliseconds(1100))
        for request in sends.dropFirst() { try desk.turn(desk.answer(request, .accepted)) }
        #expect(try desk.states().prefix(10).allSatisfy { $0 == "pending throttled" })
        #expect(try desk.texts("SELECT attempts FROM cancel WHERE id = 1") == ["0"])
        desk.fixture.advance(by: .milliseconds(1099))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1))
        #expect(!(try desk.turn().sends.isEmpty))
    }

    @Test func `an outage is probed by one request at a time, more and more slowly`() throws {
        var waits: [Duration] = []
        var sends = try desk.turn().sends
        #expect(sends.count == 5)
        for request in sends.dropFirst() { try desk.turn(unreachable(request), allowance: 0) }
        for _ in 0..<3 {
            let result = try desk.turn(unreachable(sends[0]))
            let wake = try #require(result.wake)
            waits.append(wake - desk.fixture.now.boot)
            desk.fixture.advance(by: wake - desk.fixture.now.boot)
            sends = try desk.turn().sends
            #expect(sends.count == 1)
        }
        #expect(waits == [.milliseconds(250), .milliseconds(500), .seconds(1)])
        let recovered = try desk.turn(desk.answer(sends[0], .accepted))
        #expect(recovered.sends.count == 4, "the first answer opens the other four")
        #expect(try desk.texts("SELECT max(attempts) FROM cancel") == ["1"])
    }

    private func unreachable(_ request: Request) -> Answer {
        var answer = desk.answer(request, kind: .unsent) { _ in Outcome(.notSent) }
        answer.whole = Outcome(.notSent, message: "connection refused")
        return answer
    }

    @Test func `smooth mode sends one request a fifth of a second apart`() throws {
        desk.settings.bucket.mode = .smooth
        try desk.start()
        desk.fixture.advance(by: desk.settings.bucket.hold)
        let first = try desk.turn().sends
        #expect(first.count == 1)
        let result = try desk.turn(desk.answer(first[0], .accepted))
        #expect(result.wake == desk.fixture.now.boot + .milliseconds(202))
    }

    @Test func `what was in flight under another shape frees no token before that hold is over`()
        throws
    {
        try desk.queue(ids(100..<200))
        let five = try desk.turn().sends
        desk.settings.bucket.mode = .smooth
        try desk.start()
        for request in five { try desk.turn(desk.answer(request, .accepted), allowance: 0) }
        desk.fixture.advance(by: desk.settings.bucket.hold - .milliseconds(1))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1))
        #expect(try desk.turn().sends.count == 1)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `changing the shape of the limit starts over with a full hold`() throws {
        _ = try desk.turn()
        desk.settings.bucket.mode = .smooth
        try desk.start()
        let free = (desk.fixture.now.boot + desk.settings.bucket.hold).nanoseconds
        #expect(
            try desk.texts("SELECT count(*) FROM token WHERE busy_until_ns >= \(free)") == ["5"]
        )
    }
}
