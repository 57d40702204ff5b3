import CancelRunner
import CancelStore
import Cancels
import TestSupport
import Testing

/// What other tools may write, and odd machines may do, without stopping or misleading a runner.
@Suite struct HostileFileTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    @Test func `an instant at the end of time is never, not a trap`() throws {
        let never = "253402300799999"
        try desk.queue(ids(0..<1), ["contract_code": "'BTC-USDT'", "not_after_ms": never])
        try desk.queue(ids(1..<2), ["contract_code": "'BTC-USDT'", "not_before_ms": never])
        let result = try desk.turn()
        #expect(result.sends.map(\.orderIDs) == [ids(0..<1)])
        #expect(BootTime(nanoseconds: .max) + .seconds(1) == BootTime(nanoseconds: .max))
        #expect(Duration.milliseconds(Int64.max).nanoseconds == .max)
        #expect(BootTime(nanoseconds: .max) - BootTime(nanoseconds: -1) > .seconds(9_000_000_000))
    }

    @Test func `many jobs wanting one id cost one request and settle together`() throws {
        for _ in 0..<400 { try desk.queue(ids(0..<1)) }
        let request = try #require(try desk.turn().sends.first)
        for _ in 0..<400 { try desk.queue(ids(0..<1)) }
        #expect(try desk.turn().sends.isEmpty)
        #expect(try desk.turn(desk.answer(request, .accepted)).settled == 800)
        #expect(try desk.turn().wake == nil)
        #expect(try desk.violations().isEmpty)
    }

    @Test func `runners that were started in different modes agree on the last one`() throws {
        try desk.queue(ids(0..<500))
        let first = try desk.turn().sends
        desk.settings.bucket.mode = .smooth
        try desk.start()
        // A runner that still means `window` is as slow as the file says.
        desk.settings.bucket.mode = .window
        for request in first { try desk.turn(desk.answer(request, .accepted), allowance: 0) }
        desk.fixture.advance(by: desk.settings.bucket.hold)
        let one = try desk.turn().sends
        #expect(one.count == 1)
        let result = try desk.turn(desk.answer(one[0], .accepted))
        #expect(result.wake == desk.fixture.now.boot + .milliseconds(202))
    }

    @Test func `a lost answer after a long sleep holds its token from now on`() throws {
        try desk.queue(ids(0..<500))
        let sends = try desk.turn().sends
        desk.fixture.advance(by: .seconds(3_600))
        for request in sends {
            let lost = desk.answer(request, kind: .lost) { _ in Outcome(.unknown) }
            #expect(try desk.turn(lost).sends.isEmpty)
        }
        desk.fixture.advance(by: .milliseconds(1_999))
        #expect(try desk.turn().sends.isEmpty)
        desk.fixture.advance(by: .milliseconds(1))
        #expect(try desk.turn().sends.count == 5)
    }

    @Test func `doubt on an order outlives the deadline of another job that wants it`() throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        let end = desk.fixture.now.wall.milliseconds + 10
        try desk.queue(
            ids(0..<1),
            ["pair": "'BTC-USDT'", "contract_type": "'swap'", "not_after_ms": "\(end)"]
        )
        try desk.turn(allowance: 0)
        try desk.turn(
            desk.answer(request, kind: .lost) { _ in Outcome(.unknown) },
            allowance: 0
        )
        desk.fixture.advance(by: .milliseconds(11))
        try desk.turn(allowance: 0)
        #expect(try desk.states() == ["pending unknown", "unresolved unknown"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `an order named as cancelled settles what was unresolved about it`() throws {
        try desk.queue(ids(0..<1))
        desk.settings.attempts.attemptLimit = 1
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, kind: .lost) { _ in Outcome(.unknown) })
        #expect(try desk.states() == ["unresolved unknown"])
        try desk.queue(ids(0..<1))
        desk.fixture.advance(by: .seconds(20))
        let second = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(second, .alreadyDone, code: "1071"))
        #expect(try desk.states() == ["cancelled already_done", "cancelled already_done"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `an id that comes back to a closed job is not forgotten`() throws {
        let end = desk.fixture.now.wall.milliseconds + 10
        try desk.queue(ids(0..<1), ["contract_code": "'BTC-USDT'", "not_after_ms": "\(end)"])
        let request = try #require(try desk.turn().sends.first)
        desk.fixture.advance(by: .milliseconds(11))
        try desk.turn()
        desk.fixture.stepWall(by: .seconds(-5))
        try desk.turn(desk.answer(request, .throttled))
        #expect(try desk.states() == ["pending throttled"])
        desk.fixture.advance(by: .seconds(10))
        try desk.turn()
        #expect(try desk.states() == ["expired"])
    }

    @Test func `five requests that met one trouble are one notice`() throws {
        try desk.queue(ids(0..<500))
        for request in try desk.turn().sends {
            try desk.turn(desk.answer(request, .throttled, code: "1032"))
        }
        #expect(try desk.texts("SELECT troubles FROM bucket") == ["1"])
        let wake = desk.fixture.now.boot + .milliseconds(1100)
        #expect(try desk.turn().wake == wake)
    }

    @Test(arguments: ["job", "event", "answer", "runner"])
    func `a rowid under its other names is no way round the triggers`(table: String) throws {
        try desk.queue(ids(0..<1))
        try desk.queue(ids(1..<2))
        let request = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(request, .accepted))
        try desk.write("INSERT INTO act (kind, account) VALUES ('pause', 'main')")
        #expect(throws: (any Error).self) {
            try desk.write("UPDATE OR REPLACE \(table) SET rowid = 77 WHERE id = 1")
        }
        #expect(throws: (any Error).self) {
            try desk.write("INSERT OR REPLACE INTO account (rowid, name) VALUES (1, 'evil')")
        }
        #expect(try desk.texts("SELECT min(id) FROM \(table)") == ["1"])
    }

    @Test(arguments: ["-1", "0", "9223372036854775807"])
    func `no id can be taken that would wedge the inlet`(id: String) throws {
        for sql in [
            "INSERT INTO job (id, contract_code, order_ids) VALUES (\(id), 'BTC-USDT', '1')",
            "INSERT INTO act (id, kind, account) VALUES (\(id), 'pause', 'main')",
            "INSERT INTO event (id, kind) VALUES (\(id), 'x')",
        ] {
            #expect(throws: (any Error).self, "\(sql)") { try desk.write(sql) }
        }
        try desk.queue(ids(0..<1))
        #expect(try desk.turn().sends.count == 1)
    }
}
