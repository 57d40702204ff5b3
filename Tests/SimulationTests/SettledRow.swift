import GRDB

/// A cancel that has its final state, as the file has it.
struct SettledRow {
    let id: Int64
    let orderID: String
    let account: String
    let contract: String
    let state: String
    let reason: String?

    /// State and class.
    var words: String { [state, reason].compactMap(\.self).joined(separator: " ") }

    static func fetch(_ db: Database, _ id: Int64) throws -> SettledRow? {
        let sql = """
            SELECT c.order_id, j.account, coalesce(j.contract_code, j.pair) AS contract, c.state, c.class
            FROM cancel AS c JOIN job AS j ON j.id = c.job_id WHERE c.id = ?
            """
        return try Row.fetchOne(db, sql: sql, arguments: [id]).map { row in
            SettledRow(
                id: id,
                orderID: row["order_id"],
                account: row["account"],
                contract: row["contract"],
                state: row["state"],
                reason: row["class"]
            )
        }
    }

    /// What is wrong with it, by the exchange's own books at this moment; nil where it is right.
    func breach(of exchange: ModelExchange, _ db: Database) throws -> String? {
        let order = exchange.orders[orderID]
        let truth = order.map { "\($0.state)" } ?? "no such order"
        let wrong = "recorded as \(words), and the exchange has: \(truth)"
        let isRight: Bool =
            switch words {
            case "cancelled accepted": order?.wasAcknowledged ?? false
            case "cancelled already_done":
                order?.isCancelled ?? false || order?.wasAcknowledged ?? false
            case "cancelled confirmed": order?.isCancelled ?? false
            case "rejected too_late": order?.state == .fired || order?.state == .failed
            case "rejected not_found": order.map { !$0.isCancelledByUs && isElsewhere($0) } ?? true
            case "rejected absent": order.map { $0.contract != contract } ?? true
            case "rejected permanent":
                order?.nature == .permanent || order?.state == .failed || contract.hasPrefix("NONE")
            case "rejected bad_request":
                // A contract that does not exist is refused whatever the order is.
                contract.hasPrefix("NONE")
                    || (order?.nature == .poison && order?.isCancelledByUs != true)
            case "failed transient": order?.isCancelledByUs != true
            case "expired", "withdrawn": try !wasCancelledForUs(order, db)
            default: false
            }
        return isRight ? nil : wrong
    }

    /// Whether the exchange may honestly have called it unknown: over, or another contract's.
    private func isElsewhere(_ order: ModelOrder) -> Bool {
        order.state != .open || order.contract != contract
    }

    /// Whether a request that carried this very row has cancelled the order.
    private func wasCancelledForUs(_ order: ModelOrder?, _ db: Database) throws -> Bool {
        guard case .cancelled(let request?)? = order?.state else { return false }
        let sql = "SELECT 1 FROM attempt WHERE request_id = ? AND cancel_id = ?"
        return try Bool.fetchOne(db, sql: sql, arguments: [request, id]) != nil
    }
}
