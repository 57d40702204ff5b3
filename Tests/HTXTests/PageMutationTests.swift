import Cancels
import Foundation
import Testing

import HTX

@Suite struct PageMutationTests {
    private static let cancelled =
        #"{"contract_code":"BTC-USDT","order_id":826053970168446976,"#
        + #""order_id_str":"826053970168446976","status":6,"relation_order_id":"-1"}"#
    private static let live = #"{"order_id":34,"order_id_str":"34","status":2,"volume":1.000000}"#
    private static let fired = #"{"order_id":35,"status":"4","relation_order_id":"36"}"#
    private static let failed =
        #"{"order_id":37,"status":5,"fail_code":1048,"fail_reason":"too little"}"#

    private static let bodies = [
        [cancelled, live], [live, fired, failed], [cancelled], [fired, cancelled, live], [],
    ].map { orders in
        Array(
            (#"{"status":"ok","data":{"orders":[\#(orders.joined(separator: ","))],"#
                + #""total_page":1,"current_page":1,"total_size":2},"ts":1616988232517}"#).utf8
        )
    }

    /// The ids that another reader of JSON finds with status 6.
    private static func cancelledIDs(in body: [UInt8]) throws -> Set<String> {
        let json = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        let data = json?["data"] as? [String: Any]
        let orders = data?["orders"] as? [[String: Any]] ?? []
        let cancelled = orders.filter { "\($0["status"] ?? "")" == "6" }
        return Set(
            cancelled.flatMap { ["\($0["order_id"] ?? "")", "\($0["order_id_str"] ?? "")"] }
        )
    }

    @Test(arguments: [1, 20_260_102, 0xC0FFEE] as [UInt64])
    func `a mutated page never traps, and reports no order cancelled that it does not say so of`(
        seed: UInt64
    ) {
        var random = Seeded(state: seed)
        let statuses = [200, 200, 200, 200, 200, 403, 429, 500, 302]
        var confirmed = 0
        for round in 0..<3_000 {
            let whole = Self.bodies.randomElement(using: &random) ?? []
            let body = Mutation.mutate(whole, using: &random)
            let status = statuses.randomElement(using: &random) ?? 200
            let call = Call.lookup(.history, page: 1)
            let reading = ProtocolV1.read(call, status: status, body: body, truncated: false)
            let place = "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))"
            #expect(reading.outcomes.isEmpty && reading.strangers.isEmpty, "\(place)")
            // A page or the reason why there is none, never both and never neither.
            #expect((reading.page == nil) == (reading.whole != nil), "\(place)")
            #expect(reading.whole?.kind != .accepted, "\(place)")
            let found = reading.page?.orders ?? []
            #expect(Set(found.map(\.id)).count == found.count, "\(place)")
            for order in found where order.finding.kind == .cancelled {
                #expect(status == 200, "\(place)")
                #expect(Mutation.contains(body, order.id.text), "\(place)")
                // The other reader gives up on numbers too large for it, such as 1e9000.
                guard let ids = try? Self.cancelledIDs(in: body) else { continue }
                confirmed += 1
                #expect(ids.contains(order.id.text), "\(place)")
            }
        }
        // The mutations are mild enough that some bodies still say what they said.
        #expect(confirmed > 50)
    }

    @Test func `bytes at random are no page`() {
        var random = Seeded(state: 7)
        for _ in 0..<2_000 {
            let body = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let call = Call.lookup(.open, page: 1)
            let reading = ProtocolV1.read(call, status: 200, body: body, truncated: false)
            #expect(reading.page == nil && reading.whole?.kind == .unknown)
        }
    }
}
