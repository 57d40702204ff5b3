import GRDB
import TestSupport

extension Inspector {
    /// The most requests of one account, endpoint and boot that were granted in any half-open second, by the
    /// table alone: the proof that the file itself gives, without the view.
    ///
    /// Requests that are known not to have been sent are left out. Limits are five for cancels, 24 for lookups.
    func breachOfGrants() throws -> String? {
        try read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT t.account || ' ' || r.endpoint || ' ' || r.boot_id AS bucket, r.endpoint, r.granted_ns
                    FROM request AS r JOIN target AS t ON t.id = r.target_id
                    WHERE NOT EXISTS (SELECT 1 FROM answer
                        WHERE request_id = r.id AND late = 0 AND kind = 'unsent')
                    """
            )
            let buckets = Dictionary(grouping: rows) { $0["bucket"] as String }
            for (name, rows) in buckets.sorted(by: { $0.key < $1.key }) {
                let most = mostInAnyWindow(rows.map { $0["granted_ns"] as Int64 }, window: .s(1))
                let limit = rows[0]["endpoint"] as String == "cancel" ? 5 : 24
                if most > limit { return "\(most) requests were granted in one second: \(name)" }
            }
            return nil
        }
    }
}
