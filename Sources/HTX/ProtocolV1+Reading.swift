package import Cancels

// How an answer becomes outcomes. One principle decides every case that no document decides: an id is
// accepted, or refused for good, only where the answer leaves no second way to read it. All else is
// `unknown`, which costs another request or a lookup and never a wrong record.
//
//     body cut at the limit                                   unknown
//     HTTP 429                                                throttled
//     HTTP 403 with a page instead of JSON                    unavailable: a CDN, before the exchange
//     other statuses without a JSON object                    unknown
//     1xx, 3xx, anything no server should send                unknown
//     "status":"maintain"                                     unavailable
//     "status":"error", or a bare V5 code                     whole, by the code
//     "status":"ok" under HTTP 2xx                            id by id, or a page of orders
//     "status":"ok" under another HTTP status                 unknown: it contradicts itself
//     a refusal that names ids, or "ok" beside an error code  unknown: it contradicts itself
//
// The content type is never looked at: it says text/plain over JSON (htx-api 2.5).

extension ProtocolV1 {
    /// Reads what came back for a request: total, pure, and exactly one outcome for each id asked.
    ///
    /// A lookup asked for no id: it brings a page, or an outcome for the whole that says why not.
    ///
    /// - Parameters:
    ///   - call: What the request asked for.
    ///   - status: The HTTP status.
    ///   - body: The body as it came, decompressed.
    ///   - truncated: Whether the body went on beyond the client's limit.
    /// - Returns: The outcomes, and what else the body tells.
    package static func read(
        _ call: Call,
        status: Int,
        body: [UInt8],
        truncated: Bool
    ) -> Reading {
        guard !truncated else {
            var reading = Reading.unknown(call, "HTTP \(status) with a body longer than the limit")
            reading.health = health(status: status, body: body, reply: nil)
            return reading
        }
        let reply = ReplyV1(body)
        var reading = judge(call, status: status, body: body, reply: reply)
        reading.health = health(status: status, body: body, reply: reply)
        reading.serverTime = reply?.serverTime
        if case .cancel(let asked) = call {
            reading.noteStrangers(among: reply?.lists?.names ?? [], asked: asked)
        }
        return reading
    }

    private static func judge(
        _ call: Call,
        status: Int,
        body: [UInt8],
        reply: ReplyV1?
    ) -> Reading {
        switch status {
        case 429: throttled(call, reply)
        case 200..<300, 400..<600:
            if let reply {
                judge(call, status: status, reply: reply)
            } else if status == 403, isPage(body) {
                blocked(call)
            } else if body.isEmpty {
                .unknown(call, "HTTP \(status) with an empty body")
            } else {
                .unknown(call, "HTTP \(status) with a body that is no JSON object")
            }
        case 300..<400: .unknown(call, "HTTP \(status): a redirect, which is not followed")
        default: .unknown(call, "HTTP \(status), which is no answer")
        }
    }

    private static func judge(_ call: Call, status: Int, reply: ReplyV1) -> Reading {
        switch reply.standing {
        case .ok where (200..<300).contains(status): carriedOut(call, reply)
        case .ok: .unknown(call, "HTTP \(status) with a body that says ok", code: reply.code)
        case .refused where reply.namesNothing: refused(call, reply)
        case .maintenance where reply.namesNothing:
            Reading(
                Outcome(.unavailable, code: reply.code, message: reply.message ?? "maintenance"),
                forAll: call
            )
        case .refused, .maintenance:
            .unknown(call, "the answer refuses the request and still names ids", code: reply.code)
        case .contradictory:
            .unknown(call, "the answer says both ok and an error code", code: reply.code)
        case .unstated:
            .unknown(call, "HTTP \(status) with JSON that has no status", code: reply.code)
        }
    }

    private static func carriedOut(_ call: Call, _ reply: ReplyV1) -> Reading {
        switch call {
        case .cancel: perID(call, reply)
        case .lookup(_, let number): page(call, number, reply)
        }
    }

    /// A CDN stands before the exchange and answers for it (htx-api 1.5): nothing was carried out.
    private static func blocked(_ call: Call) -> Reading {
        let words = "HTTP 403 with a page instead of JSON: blocked before the exchange"
        return Reading(Outcome(.unavailable, message: words), forAll: call)
    }

    /// HTTP 429 says that the request was turned away, unless the body says ok all the same.
    private static func throttled(_ call: Call, _ reply: ReplyV1?) -> Reading {
        guard let reply else {
            return Reading(Outcome(.throttled, message: "HTTP 429"), forAll: call)
        }
        guard reply.standing != .ok, reply.namesNothing else {
            return .unknown(
                call,
                "HTTP 429 with a body that names ids or says ok",
                code: reply.code
            )
        }
        return Reading(
            Outcome(.throttled, code: reply.code, message: reply.message ?? "HTTP 429"),
            forAll: call
        )
    }

    private static func refused(_ call: Call, _ reply: ReplyV1) -> Reading {
        let scope = call.orderIDs.count > 1 ? CodeRow.Scope.requestOfMany : .requestOfOne
        let kind = CodeTable.kind(of: reply.code, for: scope)
        return Reading(Outcome(kind, code: reply.code, message: reply.message), forAll: call)
    }

    /// Whether the body begins as HTML or XML does.
    static func isPage(_ body: [UInt8]) -> Bool {
        body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "<")
    }
}
