import Cancels
import HTX

/// Holds the reading of an answer to a cancel against what its body says.
struct CancelProof {
    let asked: [OrderID]
    let status: Int
    let text: Bytes
    let evidence: CancelEvidence
    private let isJSON: Bool

    init(asked: [OrderID], status: Int, text: Bytes, body: Witness?) {
        (self.asked, self.status, self.text) = (asked, status, text)
        evidence = CancelEvidence(body)
        if case .members? = body { isJSON = true } else { isJSON = false }
    }

    func check(_ reading: Reading) {
        if let whole = reading.whole {
            check(whole: whole)
        } else {
            let names = Set(digitRuns(in: text, resolvingEscapes: true).map(\.digits))
            for (id, outcome) in reading.outcomes {
                check(id, outcome, isInText: names.contains(Bytes(id.text.utf8)))
            }
        }
        if evidence.isPlain, (200..<300).contains(status) { checkPlain(reading) }
    }

    /// One id: a word on it needs the body to name it, in one list, with one code that says so.
    private func check(_ id: OrderID, _ outcome: Outcome, isInText: Bool) {
        guard outcome.kind != .unknown else { return }
        let name = Bytes(id.text.utf8)
        func place() -> String { "\(id) is \(outcome) after \(status) \(shown(text))" }
        require((200..<300).contains(status) && evidence.saysOK, "not ok: \(place())")
        require(isInText, "its digits are nowhere: \(place())")
        let succeeded = evidence.successes.contains(name)
        let codes = evidence.codes[name]
        require(!(succeeded && codes != nil), "in both lists: \(place())")
        if outcome.kind == .accepted {
            require(succeeded, "not among the successes: \(place())")
        } else {
            require(codes?.count == 1, "not with one code among the errors: \(place())")
            require(Self.allows(outcome.kind, codes?.first ?? []), "another code: \(place())")
        }
    }

    /// What an outcome beside an id may rest on, straight from the table of htx-api 3.
    private static func allows(_ kind: Outcome.Kind, _ code: Bytes) -> Bool {
        let text = String(decoding: code, as: UTF8.self)
        return switch kind {
        case .alreadyDone: text == "1071"
        case .inProgress: text == "1062"
        case .executed: text == "1063"
        case .notFound: ["1061", "1017"].contains(text)
        case .permanent:
            [
                "1088", "1013", "1014", "1332", "1033", "1030", "1031", "1066", "1067", "1348",
                "1498", "1499", "1500",
            ].contains(text)
        case .accepted, .unknown, .badRequest, .badTarget, .throttled, .unavailable, .notSent: false
        case .transient, .suspended, .accountTrouble: !code.isEmpty
        // Whatever is in no table, be it the empty text: it is looked up, and settles nothing.
        case .unlisted: true
        }
    }

    /// The whole request: a refusal makes nothing cancelled, and is none where ids are named.
    private func check(whole: Outcome) {
        func place() -> String { "\(whole) after \(status) \(shown(text))" }
        switch whole.kind {
        case .unknown: return
        case .accepted, .alreadyDone, .notSent: require(false, "names no id: \(place())")
        case .notFound, .executed, .inProgress:
            require(Set(asked).count <= 1, "which id it means is not said: \(place())")
            require(isJSON, "no JSON: \(place())")
        case .permanent, .badRequest, .badTarget, .accountTrouble, .unlisted, .suspended,
            .transient:
            require(isJSON, "no JSON: \(place())")
        case .throttled: require(isJSON || status == 429, "no JSON: \(place())")
        case .unavailable: require(isJSON || status == 403, "no JSON: \(place())")
        }
        require(!evidence.saysOK && evidence.namesNothing, "ok, or names ids: \(place())")
    }

    /// A body of the documented shape must be understood: silence would be wrong as well.
    private func checkPlain(_ reading: Reading) {
        for (id, outcome) in reading.outcomes {
            let name = Bytes(id.text.utf8)
            let expected: Outcome.Kind? =
                switch (evidence.successes.contains(name), evidence.codes[name]?.map { $0 }) {
                case (true, nil): .accepted
                case (true, _), (false, nil): .unknown
                case (false, let codes?) where codes.count > 1: .unknown
                case (false, [Bytes("1071".utf8)]): .alreadyDone
                case (false, [Bytes("1062".utf8)]): .inProgress
                case (false, [Bytes("1063".utf8)]): .executed
                case (false, [Bytes("1061".utf8)]), (false, [Bytes("1017".utf8)]): .notFound
                case (false, _): nil
                }
            require(
                outcome.kind == expected ?? outcome.kind,
                "\(id) is \(outcome), not \(String(describing: expected)), after \(shown(text))"
            )
        }
    }
}
