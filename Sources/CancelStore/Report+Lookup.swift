package import Cancels
import GRDB

/// What is recorded of a cancel beside what a scan found; of one it said nothing of, `found` is nil.
package struct Comparison: Hashable, Sendable {
    package let account: String
    package let contract: String
    package let jobID: Int64
    package let orderID: String
    package let state: CancelState
    package let reason: CancelClass?
    package let found: Finding.Kind?
    package let relationOrderID: String?
    package let code: String?
    package let message: String?

    /// Whether the two go together; a cancel that was not found out about is unproven.
    package var agreement: Agreement {
        found.map { Cancels.agreement(of: state, reason, with: $0) } ?? .unproven
    }
}

extension Report {
    /// Hands over what is recorded of every member of a scan beside what was found, one by one.
    package func compare(scan: Int64, _ each: (Comparison) -> Void) throws {
        let rows = try Row.fetchCursor(db, sql: Query.findings.rawValue, arguments: [scan])
        while let row = try rows.next() {
            guard let state = CancelState(rawValue: row["state"]) else { continue }
            each(
                Comparison(
                    account: row["account"],
                    contract: row["selector"],
                    jobID: row["job_id"],
                    orderID: row["order_id"],
                    state: state,
                    reason: (row["class"] as String?).flatMap(CancelClass.init(rawValue:)),
                    found: (row["found"] as String?).flatMap(Finding.Kind.init(rawValue:)),
                    relationOrderID: row["relation_order_id"],
                    code: row["err_code"],
                    message: row["err_msg"]
                )
            )
        }
    }

    /// Whether anything was ever queued for an account.
    package func hasJobs(_ account: String) throws -> Bool {
        try Int.fetchOne(db, sql: Query.anyJob.rawValue, arguments: [account]) != nil
    }

    /// When the next unresolved id is looked up; nil where none is.
    package func nextLookup() throws -> BootTime? {
        try Int64.fetchOne(db, sql: Query.nextLookup.rawValue).map { BootTime(nanoseconds: $0) }
    }
}
