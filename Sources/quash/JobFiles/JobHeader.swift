package import Cancels

/// A whole job but its ids, good as a row of `job`.
package struct JobHeader: Hashable, Sendable {
    /// The account; `main` where nobody says otherwise.
    package let account: String
    /// The contract its orders stand in.
    package let contract: ContractSelector
    /// Higher goes first.
    package let priority: Int64
    /// Not to be sent earlier, milliseconds since 1970.
    package let notBeforeMs: Int64?
    /// Not to be sent later, milliseconds since 1970.
    package let notAfterMs: Int64?
    /// The key under which this job may be queued once.
    package let dedupKey: String?
    /// Who queued it, for the audit.
    package let queuedBy: String?
    /// Free text, for the audit.
    package let note: String?

    /// Checks what the fields say together: one whole selector, and a deadline not before the
    /// start.
    package init(_ fields: JobFields) throws(JobFieldFault) {
        contract = try Self.contract(of: fields)
        if let start = fields.notBeforeMs, let deadline = fields.notAfterMs, deadline < start {
            throw JobFieldFault(
                key: .notAfterMs,
                message:
                    "not_after_ms \(deadline) is before not_before_ms \(start): no time is left"
            )
        }
        account = fields.account ?? "main"
        priority = fields.priority ?? 0
        notBeforeMs = fields.notBeforeMs
        notAfterMs = fields.notAfterMs
        dedupKey = fields.dedupKey
        queuedBy = fields.queuedBy
        note = fields.note
    }

    private static func contract(of fields: JobFields) throws(JobFieldFault) -> ContractSelector {
        switch (fields.contractCode, fields.pair, fields.contractType) {
        case (_, let pair?, nil):
            throw JobFieldFault(
                key: .pair,
                message: "pair \(quoted(pair.utf8)) without contract_type; give both, or neither"
            )
        case (_, nil, let type?):
            throw JobFieldFault(
                key: .contractType,
                message: "contract_type \(quoted(type.rawValue.utf8)) without pair;"
                    + " give both, or neither"
            )
        case (let code?, _, _): return .code(code)
        case (nil, let pair?, let type?): return .pair(pair, type)
        case (nil, nil, nil):
            throw JobFieldFault(
                key: nil,
                message: "no contract; give contract_code, or pair and contract_type, or --contract"
            )
        }
    }
}
