package import Cancels
import GRDB

/// A job to be queued, but for its ids.
package struct NewJob: Hashable, Sendable {
    package var account: String
    package var contract: ContractSelector
    package var priority: Int64 = 0
    package var notBefore: WallTime?
    package var notAfter: WallTime?
    package var dedupKey: String?
    package var queuedBy: String?
    package var note: String?

    package init(account: String, contract: ContractSelector) {
        self.account = account
        self.contract = contract
    }
}

extension Ledger {
    /// Queues a job with its first id and gives its `job.id`; further ids come by `add`.
    ///
    /// - Throws: `StoreError.refused` with the database's sentence.
    package func queue(_ job: NewJob, first order: String) throws -> Int64 {
        let (code, pair, type): (String?, String?, String?) =
            switch job.contract {
            case .code(let code): (code, nil, nil)
            case .pair(let pair, let type): (nil, pair, type.rawValue)
            }
        try refusing {
            try run(
                .insertJob,
                [
                    job.account, code, pair, type, order, job.priority,
                    job.notBefore?.milliseconds, job.notAfter?.milliseconds, job.dedupKey,
                    job.queuedBy, job.note,
                ]
            )
        }
        return db.lastInsertedRowID
    }

    /// Adds ids to a job; one the job has already is folded.
    ///
    /// - Throws: `StoreError.refused` with the database's sentence.
    package func add(_ orders: some Collection<OrderID>, to job: Int64) throws {
        if orders.isEmpty { return }
        let list = "[\"" + orders.map(\.text).joined(separator: "\",\"") + "\"]"
        try refusing { try run(.insertCancels, [job, list]) }
    }

    /// Declares an account.
    ///
    /// - Throws: `StoreError.refused` with the database's sentence.
    package func addAccount(_ name: String) throws {
        try refusing { try run(.insertAccount, [name]) }
    }

    /// Remembers which access key an account uses, by its fingerprint.
    ///
    /// - Throws: `StoreError.refused` where another account uses the same key: they would be one UID and
    ///   share one limit.
    package func claimKey(fingerprint: String, for account: String) throws {
        if let other: String = try value(.accountByFingerprint, [fingerprint, account]) {
            throw StoreError.refused(
                "accounts \(other) and \(account) have the same access key: one exchange UID has one limit, "
                    + "so it must be one account. Queue both under one of them"
            )
        }
        try run(.setFingerprint, [account, fingerprint])
    }

    /// Passes on a trigger's sentence as what it is.
    private func refusing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
            throw StoreError.refused(error.message ?? "the database refused it")
        }
    }
}
