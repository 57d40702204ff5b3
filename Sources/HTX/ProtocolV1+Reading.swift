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
//     "status":"ok" under HTTP 2xx                            id by id
//     "status":"ok" under another HTTP status                 unknown: it contradicts itself
//     a refusal that names ids, or "ok" beside an error code  unknown: it contradicts itself
//
// The content type is never looked at: it says text/plain over JSON (htx-api 2.5).

extension ProtocolV1 {
    /// Reads what came back for a cancel request: total, pure, and exactly one outcome for each id asked.
    ///
    /// - Parameters:
    ///   - asked: The ids the request carried.
    ///   - status: The HTTP status.
    ///   - body: The body as it came, decompressed.
    ///   - truncated: Whether the body went on beyond the client's limit.
    /// - Returns: The outcomes, and what else the body tells.
    package static func read(
        asked: [OrderID],
        status: Int,
        body: [UInt8],
        truncated: Bool
    ) -> Reading {
        guard !truncated else {
            return .unknown(asked, "HTTP \(status) with a body longer than the limit")
        }
        let reply = ReplyV1(body)
        var reading = judge(asked: asked, status: status, body: body, reply: reply)
        reading.serverTime = reply?.serverTime
        reading.noteStrangers(among: reply?.lists?.names ?? [], asked: asked)
        return reading
    }

    private static func judge(
        asked: [OrderID],
        status: Int,
        body: [UInt8],
        reply: ReplyV1?
    ) -> Reading {
        switch status {
        case 429: throttled(asked, reply)
        case 200..<300, 400..<600:
            if let reply {
                judge(asked: asked, status: status, reply: reply)
            } else if status == 403, isPage(body) {
                blocked(asked)
            } else if body.isEmpty {
                .unknown(asked, "HTTP \(status) with an empty body")
            } else {
                .unknown(asked, "HTTP \(status) with a body that is no JSON object")
            }
        case 300..<400: .unknown(asked, "HTTP \(status): a redirect, which is not followed")
        default: .unknown(asked, "HTTP \(status), which is no answer")
        }
    }

    private static func judge(asked: [OrderID], status: Int, reply: ReplyV1) -> Reading {
        switch reply.standing {
        case .ok where (200..<300).contains(status): perID(asked, reply)
        case .ok: .unknown(asked, "HTTP \(status) with a body that says ok", code: reply.code)
        case .refused where reply.namesNothing: refused(asked, reply)
        case .maintenance where reply.namesNothing:
            Reading(
                Outcome(.unavailable, code: reply.code, message: reply.message ?? "maintenance"),
                forAll: asked
            )
        case .refused, .maintenance:
            .unknown(asked, "the answer refuses the request and still names ids", code: reply.code)
        case .contradictory:
            .unknown(asked, "the answer says both ok and an error code", code: reply.code)
        case .unstated:
            .unknown(asked, "HTTP \(status) with JSON that has no status", code: reply.code)
        }
    }

    /// A CDN stands before the exchange and answers for it (htx-api 1.5): nothing was carried out.
    private static func blocked(_ asked: [OrderID]) -> Reading {
        let words = "HTTP 403 with a page instead of JSON: blocked before the exchange"
        return Reading(Outcome(.unavailable, message: words), forAll: asked)
    }

    /// HTTP 429 says that the request was turned away, unless the body says ok all the same.
    private static func throttled(_ asked: [OrderID], _ reply: ReplyV1?) -> Reading {
        guard let reply else {
            return Reading(Outcome(.throttled, message: "HTTP 429"), forAll: asked)
        }
        guard reply.standing != .ok, reply.namesNothing else {
            return .unknown(
                asked,
                "HTTP 429 with a body that names ids or says ok",
                code: reply.code
            )
        }
        return Reading(
            Outcome(.throttled, code: reply.code, message: reply.message ?? "HTTP 429"),
            forAll: asked
        )
    }

    private static func refused(_ asked: [OrderID], _ reply: ReplyV1) -> Reading {
        let scope = asked.count == 1 ? CodeRow.Scope.requestOfOne : .requestOfMany
        let kind = CodeTable.kind(of: reply.code, for: scope)
        return Reading(Outcome(kind, code: reply.code, message: reply.message), forAll: asked)
    }

    private static func perID(_ asked: [OrderID], _ reply: ReplyV1) -> Reading {
        guard let lists = reply.lists else {
            return .unknown(asked, "the answer says ok and has no lists that can be read")
        }
        let successes = Set(lists.successes)
        let errors = Dictionary(grouping: lists.errors, by: \.name)
        return Reading(asked) { id in
            outcome(succeeded: successes.contains(id.text), failures: errors[id.text] ?? [])
        }
    }

    /// What the two lists say together of one id.
    private static func outcome(succeeded: Bool, failures: [ListsV1.Failure]) -> Outcome {
        guard let failure = failures.first else {
            return succeeded
                ? Outcome(.accepted)
                : Outcome(.unknown, message: "the answer does not name this id")
        }
        let code = failure.code
        guard failures.allSatisfy({ $0.code == code }) else {
            return Outcome(.unknown, message: "the answer gives this id several codes")
        }
        // HTX's own sample shows an id in both lists (htx-api 0), so neither can be believed alone.
        guard !succeeded else {
            return Outcome(.unknown, code: code, message: "the answer names this id in both lists")
        }
        return Outcome(CodeTable.kind(of: code, for: .id), code: code, message: failure.message)
    }

    /// Whether the body begins as HTML or XML does.
    private static func isPage(_ body: [UInt8]) -> Bool {
        body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 } == UInt8(ascii: "<")
    }
}

extension Reading {
    /// Nothing to believe, in our own words; the code is the exchange's.
    fileprivate static func unknown(
        _ asked: [OrderID],
        _ message: String,
        code: String? = nil
    ) -> Reading {
        Reading(Outcome(.unknown, code: code, message: message), forAll: asked)
    }
}
