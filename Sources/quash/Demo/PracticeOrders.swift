import Cancels
import Sandbox

extension Exchange {
    /// Makes the ids of a job file open orders, but for every `gap`-th, which stays unknown.
    ///
    /// An id that stands in several jobs is one order, on the contract of the first.
    func seed(from file: CheckedJobFile, leavingOut gap: Int? = nil) throws {
        var known = Set(orders().map(\.id))
        var ids: [Target: [String]] = [:]
        var count = 0
        try file.forEachID { job, digits, _ in
            count += 1
            if let gap, count.isMultiple(of: gap) { return }
            let id = digits.indices.map { Character(UnicodeScalar(digits[$0])) }
            guard known.insert(String(id)).inserted else { return }
            let header = file.jobs[job].header
            ids[Target(account: header.account, contract: header.contract), default: []]
                .append(String(id))
        }
        for (target, ids) in ids {
            try seed(ids, account: target.account, on: try target.contract.practice)
        }
    }
}

extension ContractSelector {
    /// The practice exchange's word for it.
    var practice: Exchange.Contract {
        get throws {
            switch self {
            case .pair(let pair, let type):
                return Exchange.Contract(pair: pair, type: type.rawValue)
            case .code(let code):
                guard let contract = Exchange.Contract(code: code) else {
                    throw Refusal("the practice exchange has no contract \(code)")
                }
                return contract
            }
        }
    }
}
