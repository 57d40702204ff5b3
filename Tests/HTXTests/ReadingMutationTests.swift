import Cancels
import Testing

import HTX

@Suite struct ReadingMutationTests {
    private static let asked = ["826053970168446976", "826052906719444993", "34"].compactMap {
        OrderID($0)
    }

    /// Documented bodies.
    private static let bodies = [
        #"{"status":"ok","data":{"errors":[{"order_id":"826052906719444993","err_code":1061,"err_msg":"gone"}],"#
            + #""successes":"826053970168446976,34"},"ts":1616988232517}"#,
        #"{"status":"ok","data":{"errors":[],"successes":"826053970168446976"},"ts":1}"#,
        #"{"status":"ok","data":{"errors":[{"order_id":34,"err_code":1062}],"successes":[34,"34"]},"ts":1}"#,
        #"{"status":"error","err_code":1030,"err_msg":"Abnormal service","ts":1616988232517}"#,
        #"{"code":"4007","message":"unified","data":null,"ts":"1616988232517"}"#,
        #"{"status":"maintain"}"#, "<html><body>blocked</body></html>",
    ].map { Array($0.utf8) }

    @Test(arguments: [1, 20_260_102, 0xC0FFEE] as [UInt64])
    func `a mutated body never traps, never loses an id and never accepts one it does not hold`(
        seed: UInt64
    ) {
        var random = Seeded(state: seed)
        let statuses = [200, 200, 200, 200, 200, 403, 429, 500, 302]
        var accepted = 0
        for round in 0..<3_000 {
            let body = Mutation.mutate(
                Self.bodies.randomElement(using: &random) ?? [],
                using: &random
            )
            let status = statuses.randomElement(using: &random) ?? 200
            let reading = ProtocolV1.read(
                .cancel(Self.asked),
                status: status,
                body: body,
                truncated: false
            )
            let place = "seed \(seed), round \(round): \(String(decoding: body, as: UTF8.self))"
            #expect(Set(reading.outcomes.keys) == Set(Self.asked), "\(place)")
            #expect(
                reading
                    == ProtocolV1.read(
                        .cancel(Self.asked),
                        status: status,
                        body: body,
                        truncated: false
                    )
            )
            for (id, outcome) in reading.outcomes where outcome.kind == .accepted {
                accepted += 1
                #expect(status == 200 && Mutation.contains(body, id.text), "\(place)")
            }
        }
        // The mutations are mild enough that some bodies still say what they said.
        #expect(accepted > 50)
    }

    @Test func `bytes at random are unknown`() {
        var random = Seeded(state: 7)
        for _ in 0..<2_000 {
            let body = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            let reading = ProtocolV1.read(
                .cancel(Self.asked),
                status: 200,
                body: body,
                truncated: false
            )
            #expect(reading.outcomes.values.allSatisfy { $0.kind == .unknown })
        }
    }
}
