/// A small generator with a seed, so that a failure can be run again.
struct Seeded: RandomNumberGenerator {
    /// Where it stands.
    var state: UInt64

    /// One step of a linear congruential generator, high bits folded down.
    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return state ^ (state >> 29)
    }
}

/// Small damage to documented bodies.
enum Mutation {
    private static let pieces = [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "null", "true", "-", "1e9", "\u{301}", "\"\"",
        "34", "\\ud83d",
        "\"successes\":", "\"errors\":", "\"status\":\"ok\",", "826053970168446976",
        "99999999999999999999", "6", "2", "\"status\":6,", "\"order_id\":34,", "},{",
    ].map { Array($0.utf8) }

    /// One or two bytes or pieces changed, left out, put in or repeated; or the end cut off.
    static func mutate(_ body: [UInt8], using random: inout Seeded) -> [UInt8] {
        var body = body
        for _ in 0..<Int.random(in: 1...2, using: &random) {
            let start = Int.random(in: 0...body.count, using: &random)
            let end = min(body.count, start + Int.random(in: 0...12, using: &random))
            switch Int.random(in: 0..<8, using: &random) {
            case 0 where start < body.count:
                body[start] = .random(in: .min ... .max, using: &random)
            case 1, 2: body.removeSubrange(start..<end)
            case 3, 4:
                body.insert(contentsOf: pieces.randomElement(using: &random) ?? [], at: start)
            case 5, 6: body.insert(contentsOf: Array(body[start..<end]), at: start)
            default: body.removeSubrange(start...)
            }
        }
        return body
    }

    /// Whether the bytes hold this text.
    static func contains(_ body: [UInt8], _ text: String) -> Bool {
        let needle = Array(text.utf8)
        guard body.count >= needle.count else { return false }
        return (0...body.count - needle.count).contains {
            body[$0..<$0 + needle.count].elementsEqual(needle)
        }
    }
}
