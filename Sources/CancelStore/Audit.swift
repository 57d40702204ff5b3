package import GRDB

/// What an audit of a file found: where its chains end, and what is not as it was written.
package struct AuditReport: Sendable {
    /// One thing that is wrong.
    package struct Finding: Hashable, Sendable {
        /// `answer`, `event`, `purge`, `head`, `schema`, or a promise of `v_violation`.
        package let about: String
        package let sentence: String
    }

    /// What was read of a chain.
    package struct ChainReport: Sendable {
        package var head: Head
        /// Rows that were compared with their seals.
        package var rows = 0
        /// Rows at the end that are not sealed yet.
        package var unsealed = 0
        /// Rows that are wrong beside the first, which is among the findings.
        package var more = 0
    }

    package var chains: [ChainReport] = []
    package var purges = 0
    package var findings: [Finding] = []
    /// What could not be checked here, and is not wrong for that.
    package var notes: [String] = []

    package var isIntact: Bool { findings.isEmpty }
}

/// Compares everything in a file with its seals, and the state of each cancel with the evidence it cites.
///
/// It reads one snapshot, a row at a time. What it cannot see by itself is a chain that was made anew from
/// some row on, by somebody who may write the file: the chain has no secret. A head that was kept elsewhere
/// shows that.
package struct Audit {
    let db: Database

    package init(_ db: Database) { self.db = db }

    /// Runs it; `kept` are heads that were printed before.
    package func run(kept: [Head] = []) throws -> AuditReport {
        var report = AuditReport()
        try compareSchema(&report)
        for damage in try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
        where damage != "ok" {
            report.note("integrity", damage)
        }
        let starts = try readPurges(kept, &report)
        for chain in Chain.allCases {
            var walk = ChainWalk(
                start: starts[chain] ?? Head(chain, id: 0, seal: .start),
                lastSealed: try lastSealed(chain),
                kept: kept
            )
            try History(db).read(chain) { walk.read($0) }
            walk.end(greatestID: try greatestID(chain))
            report.chains.append(walk.report)
            report.findings += walk.findings
            report.notes += walk.notes
        }
        try comparePromises(&report)
        return report
    }

    /// Walks the purges, which have a chain of their own; gives where the others begin.
    private func readPurges(_ kept: [Head], _ report: inout AuditReport) throws -> [Chain: Head] {
        var seal = Seal.start
        var expected: Int64 = 1
        var starts: [Chain: Head] = [:]
        try History(db).readPurges { row, purge in
            if row.id != expected {
                report.note("purge", "purge \(expected) is missing: it was deleted")
            } else if row.seal != seal.following(row.record) {
                report.note(
                    "purge",
                    "purge \(row.id): its content does not match its seal: it was edited, or not made by quash purge"
                )
            }
            seal = row.seal ?? .start
            expected = row.id + 1
            for chain in Chain.allCases { starts[chain] = purge.head(of: chain) }
            report.purges += 1
        }
        if try greatestID("purge") >= expected {
            report.note("purge", "purge \(expected) is missing: it was deleted")
        }
        return starts
    }

    private func lastSealed(_ chain: Chain) throws -> Int64 {
        try Int64.fetchOne(db, sql: chain.lastSealed.rawValue) ?? 0
    }

    private func greatestID(_ chain: Chain) throws -> Int64 { try greatestID(chain.rawValue) }

    private func greatestID(_ table: String) throws -> Int64 {
        try Int64.fetchOne(db, sql: Query.greatestID.rawValue, arguments: [table]) ?? 0
    }

    /// The triggers are what keeps history from being changed in the first place.
    private func compareSchema(_ report: inout AuditReport) throws {
        let fresh = try DatabaseQueue()
        let wanted = try fresh.inDatabase { db in
            for sql in Schema.migrations { try db.execute(sql: sql) }
            return try Self.schema(of: db)
        }
        let found = try Self.schema(of: db)
        for (name, sql) in wanted.sorted(by: { $0.key < $1.key }) where found[name] != sql {
            report.note(
                "schema",
                found[name] == nil
                    ? "\(name) is missing from the schema: it was dropped"
                    : "\(name) in the schema is not as it was made"
            )
        }
        for name in found.keys.sorted() where name.hasPrefix("trigger ") && wanted[name] == nil {
            report.note("schema", "\(name) is none of ours: it may change what is written, unseen")
        }
    }

    private static func schema(of db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL"
        )
        return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    /// Every promise that SQL can check, among them that each final state rests on what its answer says.
    private func comparePromises(_ report: inout AuditReport) throws {
        do {
            let rows = try Row.fetchCursor(
                db,
                // Gaps and seals were told above, with the rows by name.
                sql: "SELECT promise, breach FROM v_violation WHERE promise <> 'seal'"
            )
            while let row = try rows.next() { report.note(row[0], row[1]) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
            // A view that was dropped, or an edited text that is no list of ids any more.
            report.note("schema", "v_violation cannot be read: \(error.message ?? "\(error)")")
        }
    }
}

extension AuditReport {
    mutating func note(_ about: String, _ sentence: String) {
        findings.append(Finding(about: about, sentence: sentence))
    }
}
