import Cancels

extension ProtocolV1 {
    /// What an answer that says ok says of each id.
    static func perID(_ call: Call, _ reply: ReplyV1) -> Reading {
        guard let lists = reply.lists else {
            return .unknown(call, "the answer says ok and has no lists that can be read")
        }
        let successes = Set(lists.successes)
        let errors = Dictionary(grouping: lists.errors, by: \.name)
        return Reading(call) { id in
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
}
