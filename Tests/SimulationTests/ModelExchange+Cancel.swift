import Cancels
import TestSupport

extension ModelExchange {
    /// What spoils one answer, drawn beforehand.
    enum Spoil: CaseIterable {
        case none, missingID, bothLists, stranger, namedTwice, numericIDs, errorWithoutID
        case inProgress, transientCode, unlistedID
    }

    /// The lists of one answer.
    private struct Lists {
        var successes: [String] = []
        var errors: [(id: String?, code: Int, words: String)] = []

        func body(numeric: Bool, ts: Int64) -> String {
            let entries = errors.map { entry -> String in
                let name = entry.id.map {
                    numeric ? "\"order_id\":\($0)," : "\"order_id\":\"\($0)\","
                }
                return "{\(name ?? "")\"err_code\":\(entry.code),\"err_msg\":\"\(entry.words)\"}"
            }
            return "{\"status\":\"ok\",\"data\":{\"errors\":[\(entries.joined(separator: ","))],"
                + "\"successes\":\"\(successes.joined(separator: ","))\"},\"ts\":\(ts)}"
        }
    }

    /// A refusal of a whole request (htx-api 2.3).
    static func refusal(_ code: Int, _ words: String, ts: Int64) -> Reply {
        Reply(
            "{\"status\":\"error\",\"err_code\":\(code),\"err_msg\":\"\(words)\",\"ts\":\(ts)}"
        )
    }

    /// Carries out one cancel request and words its answer.
    mutating func cancel(
        _ request: Request,
        at time: Int64,
        ts: Int64,
        spoil: Spoil,
        random: inout SeededRandom
    ) -> (Reply, [Happening]) {
        let contract = Self.contract(of: request.target.contract)
        if contract.hasPrefix("NONE") {
            return (Self.refusal(1_332, "The contract doesnt exist.", ts: ts), [.badContract])
        }
        if halted.contains(contract) {
            return (Self.refusal(1_056, "In settlement.", ts: ts), [.suspended])
        }
        let named = request.orderIDs.map(\.text)
        if named.contains(where: { orders[$0]?.nature == .poison }) {
            return (Self.refusal(1_030, "Invalid input.", ts: ts), [.poison])
        }
        var lists = Lists()
        var happened: [Happening] = []
        for id in named {
            if spoil == .inProgress, random.chance(0.3) {
                lists.errors.append((id, 1_062, "In the process of cancelling."))
                happened.append(.inProgress)
            } else if spoil == .transientCode, random.chance(0.4) {
                lists.errors.append((id, 1_408, "Not in force yet."))
                happened.append(.transientCode)
            } else if spoil == .unlistedID, random.chance(0.3) {
                lists.errors.append((id, 31_337, "What nobody knows."))
                happened.append(.unlistedID)
            } else if let refusal = carryOut(id, of: request, on: contract, at: time) {
                lists.errors.append((id, refusal.code, refusal.words))
                if let happening = refusal.happening { happened.append(happening) }
            } else {
                lists.successes.append(id)
                if orders[id]?.nature == .firesAfterWord { happened.append(.firedAfterWord) }
            }
        }
        lists.successes.shuffle(using: &random)
        if let happening = Self.spoil(&lists, by: spoil) { happened.append(happening) }
        return (Reply(lists.body(numeric: spoil == .numericIDs, ts: ts)), happened)
    }

    /// Cancels one order, or says why not.
    private mutating func carryOut(
        _ id: String,
        of request: Request,
        on contract: String,
        at time: Int64
    ) -> (code: Int, words: String, happening: Happening?)? {
        let unknown = (1_061, "This order doesnt exist.")
        guard let order = orders[id], order.account == request.target.account,
            order.contract == contract
        else { return (unknown.0, unknown.1, nil) }
        switch (order.nature, order.state) {
        case (.permanent, _): return (1_088, "Cancelling is restricted.", .permanentCode)
        case (.unlisted, .open): return (9_999, "What nobody knows.", .unlistedID)
        case (_, .open):
            orders[id]?.cancel(by: request.id, at: time)
            return nil
        case _ where isForgetful: return (unknown.0, unknown.1, .forgetful)
        case (_, .cancelled): return (1_071, "Repeated cancellation.", nil)
        case (_, .fired), (_, .failed): return (1_063, "Already executed.", nil)
        }
    }

    /// Spoils the lists; gives what was spoilt.
    private static func spoil(_ lists: inout Lists, by spoil: Spoil) -> Happening? {
        guard let first = lists.successes.first else {
            if spoil == .missingID, !lists.errors.isEmpty {
                lists.errors.removeLast()
                return .missingID
            }
            return nil
        }
        switch spoil {
        case .missingID:
            lists.successes.removeFirst()
            return .missingID
        case .bothLists:
            lists.errors.append((first, 1_061, "This order doesnt exist."))
            return .bothLists
        case .stranger:
            lists.successes.append("99999999999999999999")
            return .stranger
        case .namedTwice:
            lists.successes.append(first)
            return .namedTwice
        case .errorWithoutID:
            lists.errors.append((nil, 1_061, "This order doesnt exist."))
            return .errorWithoutID
        case .numericIDs: return lists.errors.isEmpty ? nil : .numericIDs
        case .none, .inProgress, .transientCode, .unlistedID: return nil
        }
    }
}
