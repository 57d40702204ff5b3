import CancelRunner
import CancelStore
import Cancels
import TestSupport
import Testing

/// A request refused for its input is taken apart until the id to blame stands alone.
@Suite struct SplitTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    /// Runs until nothing is sent any more, against an exchange that refuses any request with a poisonous
    /// id; gives how many requests it took.
    private func run(poison: Set<OrderID>) throws -> Int {
        var sent = 0
        while true {
            let sends = try desk.nextSends()
            if sends.isEmpty { return sent }
            for request in sends {
                sent += 1
                let isPoisoned = !poison.isDisjoint(with: request.orderIDs)
                try desk.turn(
                    desk.answer(request, isPoisoned ? .badRequest : .accepted, code: "1030"),
                    allowance: 0
                )
            }
        }
    }

    @Test(arguments: 0..<10)
    func `one poisonous id among ten costs at most six requests more`(place: Int) throws {
        try desk.queue(ids(0..<10))
        let sent = try run(poison: [.sample(place)])
        #expect((5...7).contains(sent), "\(sent) requests")
        let states = try desk.states()
        #expect(states[place] == "rejected bad_request")
        #expect(states.filter { $0 == "cancelled accepted" }.count == 9)
        #expect(try desk.texts("SELECT sum(attempts) FROM cancel") == ["9"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `three poisonous ids among ten are found, and the seven go through`() throws {
        try desk.queue(ids(0..<10))
        let sent = try run(poison: [.sample(1), .sample(2), .sample(9)])
        let states = try desk.states()
        #expect([1, 2, 9].allSatisfy { states[$0] == "rejected bad_request" })
        #expect(states.filter { $0 == "cancelled accepted" }.count == 7)
        #expect(sent <= 16, "\(sent) requests")
        #expect(try desk.violations().isEmpty)
    }

    @Test func `ids all poisonous are rejected one by one`() throws {
        try desk.queue(ids(0..<10))
        _ = try run(poison: Set(ids(0..<10)))
        #expect(try Set(desk.states()) == ["rejected bad_request"])
        #expect(try desk.violations().isEmpty)
    }

    @Test func `the rest does not wait for ever for a half that never comes back`() throws {
        try desk.queue(ids(0..<4))
        let first = try #require(try desk.turn().sends.first)
        try desk.turn(desk.answer(first, .badRequest, code: "1030"))
        try desk.write(
            "INSERT INTO act (kind, order_id) SELECT 'withdraw', order_id FROM cancel LIMIT 2"
        )
        desk.fixture.advance(by: .seconds(60))
        try desk.turn()
        try desk.turn()
        #expect(try desk.states().suffix(2) == ["sending bad_request", "sending bad_request"])
    }

    @Test func `other jobs of the same contract are not held up by a search`() throws {
        try desk.queue(ids(0..<10))
        let first = try #require(try desk.turn().sends.first)
        try desk.queue(ids(20..<40))
        try desk.turn(desk.answer(first, .badRequest, code: "1030"), allowance: 0)
        let sends = try desk.nextSends()
        #expect(sends.contains { $0.orderIDs.count == 10 })
    }
}
