import CancelRunner
import CancelStore
import Cancels
import GRDB
import Synchronization
import TestSupport
import Testing

/// A COMMIT that failed is unknown: stop, open anew, read again, go on.
@Suite struct CommitTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    /// Runs the loop over the desk's file until nothing is left, with an exchange that accepts everything;
    /// gives the ids it was sent, in order.
    ///
    /// With `bell`, no wait lasts longer, as where something rings all the time.
    private func drain(bell: Duration = .seconds(3_600)) async throws -> [OrderID] {
        let sent = Mutex<[OrderID]>([])
        let requests = Mutex(0)
        let clock = Mutex(desk.fixture.now)
        let world = Runner.World(
            now: { clock.withLock(\.self) },
            wait: { [store = desk.fixture.store] until in
                // Time passes only while everybody sleeps: what the file says was granted is sent before. What a failed
                // COMMIT left behind never is, hence the bound.
                for _ in 0..<1_000 {
                    await Desk.letRequestsRun()
                    // `try?`: a file that is closed tells nothing.
                    let granted = try? store.read {
                        try Int.fetchOne($0, sql: "SELECT count(*) FROM request")
                    }
                    if granted == requests.withLock(\.self) { break }
                }
                clock.withLock { now in
                    let next = max(min(until, now.boot + bell), now.boot)
                    now = Now(wall: now.wall, boot: next, bootID: now.bootID)
                }
                return false
            },
            ring: {},
            send: { request in
                sent.withLock { $0 += request.orderIDs }
                let now = clock.withLock(\.self)
                requests.withLock { $0 += 1 }
                return Answer(accepting: request, at: now)
            }
        )
        try await desk.drain(in: world)
        return sent.withLock(\.self)
    }

    @Test(arguments: [CancelStore.CommitFault.rolledBack, .carriedOut])
    func `a failed COMMIT sends nothing twice and loses nothing`(
        fault: CancelStore.CommitFault
    ) async throws {
        try desk.queue(ids(0..<25))
        desk.fixture.store.failNextCommit(fault)
        let sent = try await drain()
        #expect(sent.count == 25 && Set(sent).count == 25)
        #expect(try Set(desk.states()) == ["cancelled accepted"])
        // Where it was carried out after all, its requests are on record as never sent.
        let unsent = try desk.texts("SELECT count(*) FROM answer WHERE kind = 'unsent'")
        #expect(unsent == [fault == .carriedOut ? "3" : "0"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `a disk that failed is left alone for a second, whatever rings meanwhile`()
        async throws
    {
        try desk.queue(ids(0..<25))
        let began = desk.fixture.now.boot.nanoseconds
        desk.fixture.store.failNextCommit(.rolledBack)
        #expect(try await drain(bell: .milliseconds(10)).count == 25)
        let granted = try desk.texts("SELECT min(granted_ns) - \(began) FROM request")
        #expect(granted.compactMap { Int64($0) }.allSatisfy { $0 >= 1_000_000_000 })
    }

    @Test func `an answer whose COMMIT failed is recorded once`() async throws {
        try desk.queue(ids(0..<1))
        let request = try #require(try desk.turn().sends.first)
        desk.fixture.store.failNextCommit(.carriedOut)
        let answer = desk.answer(request, .accepted)
        #expect(throws: (any Error).self) { try desk.turn(answer) }
        try await desk.fixture.store.reopen()
        try desk.turn(answer)
        #expect(try desk.texts("SELECT late FROM answer") == ["0"])
        #expect(try desk.states() == ["cancelled accepted"])
    }
}
