import CancelRunner
import CancelStore
import Cancels
import Synchronization
import TestSupport
import Testing

/// A token is granted a little ahead, so that the disk costs none of the limit, and used no sooner.
@Suite struct LeadTests {
    private let desk: Desk

    init() throws {
        desk = try Desk()
        try desk.queue(ids(0..<200))
    }

    @Test func `within the lead a token is granted for the instant it comes back`() throws {
        let request = try #require(try desk.turn().sends.first)
        let back = desk.fixture.now.boot + .milliseconds(1_002)
        let answer = desk.answer(request, .accepted)
        let result = try desk.turn(answer, lead: lead(10))
        #expect(result.sends.isEmpty)
        #expect(result.wake == back + .milliseconds(-10))
        desk.fixture.advance(by: .milliseconds(992) - .nanoseconds(1))
        #expect(try desk.turn(lead: lead(10)).sends.isEmpty)
        desk.fixture.advance(by: .nanoseconds(1))
        let ahead = try #require(try desk.turn(lead: lead(10)).sends.first)
        #expect(ahead.grantedAt == back)
        // On record is when it was granted for, and its token is busy from then on.
        let hold = desk.settings.bucket.hold
        let busy = "SELECT busy_until_ns FROM token WHERE request_id = \(ahead.id)"
        #expect(try desk.texts(busy) == ["\((back + hold).nanoseconds)"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `the turn made for one token grants those that come back soon after it`() throws {
        let requests = try desk.turn().sends
        let lead = Lead(start: .milliseconds(10), reach: .milliseconds(25))
        let back = desk.fixture.now.boot + .milliseconds(1_002)
        // Answers 0, 6, 12, 18 and 24 ms after the first, so the tokens come back as far apart.
        for request in requests {
            try desk.turn(desk.answer(request, .accepted), lead: lead)
            desk.fixture.advance(by: .milliseconds(6))
        }
        desk.fixture.advance(by: .milliseconds(992 - 30))
        let ahead = try desk.turn(lead: lead)
        #expect(ahead.sends.map(\.grantedAt) == [0, 6, 12].map { back + .milliseconds($0) })
        #expect(ahead.wake == back + .milliseconds(18 - 10))
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a request granted ahead and never sent gives its token back for that instant`()
        throws
    {
        let first = try #require(try desk.turn().sends.first)
        let back = desk.fixture.now.boot + .milliseconds(1_002)
        try desk.turn(desk.answer(first, .accepted), lead: lead(25))
        desk.fixture.advance(by: .milliseconds(990))
        let ahead = try #require(try desk.turn(lead: lead(25)).sends.first)
        let unsent = desk.answer(ahead, kind: .unsent) { _ in Outcome(.notSent) }
        let result = try desk.turn(unsent)
        #expect(result.sends.isEmpty)
        #expect(result.wake == back)
    }

    private func lead(_ milliseconds: Int64) -> Lead {
        Lead(start: .milliseconds(milliseconds), reach: .milliseconds(milliseconds))
    }

    /// The loop, on a clock that every statement takes 20 µs further, so that a turn takes some milliseconds.
    @Test func `the loop sends when the token is back, and not before`() async throws {
        let clock = Mutex(desk.fixture.now)
        let early = Mutex<[Duration]>([])
        let delays = Mutex(0)
        let pass: @Sendable (BootTime) -> Void = { until in
            clock.withLock { now in
                now = Now(wall: now.wall, boot: max(until, now.boot), bootID: now.bootID)
            }
        }
        desk.fixture.store.watchStatements {
            clock.withLock { now in
                let boot = now.boot + .microseconds(20)
                now = Now(wall: now.wall, boot: boot, bootID: now.bootID)
            }
        }
        let world = Runner.World(
            now: { clock.withLock(\.self) },
            wait: { until in
                // In small steps, so that the tasks that send come to their turn between.
                await Desk.letRequestsRun()
                pass(min(until, clock.withLock(\.boot) + .microseconds(100)))
                return false
            },
            delay: { until in
                delays.withLock { $0 += 1 }
                pass(until)
            },
            ring: {},
            send: { request in
                let now = clock.withLock(\.self)
                early.withLock { $0.append(request.grantedAt - now.boot) }
                return Answer(accepting: request, at: now)
            }
        )
        try await desk.drain(in: world)
        #expect(early.withLock { $0.count } == 20)
        #expect(early.withLock { $0.allSatisfy { $0 <= .zero } })
        #expect(delays.withLock(\.self) > 0, "nothing was granted ahead")
        #expect(try desk.violations().isEmpty)
    }
}
