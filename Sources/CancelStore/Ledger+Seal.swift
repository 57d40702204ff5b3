import GRDB

extension Ledger {
    /// Seals what is unsealed behind the last sealed row, at most `limit` rows; tells whether more may remain.
    ///
    /// What is unsealed before a sealed row came behind the triggers' back and stays as it is: an audit names it.
    @discardableResult
    package func seal(limit: Int) throws -> Bool {
        var left = limit
        for chain in Chain.allCases where left > 0 {
            left -= try seal(chain, limit: left)
        }
        return left <= 0
    }

    /// Seals at most `limit` rows of a chain; gives how many.
    private func seal(_ chain: Chain, limit: Int) throws -> Int {
        let head = try head(of: chain)
        let waiting = try rows(chain.unsealed, [head.id, limit])
        guard let last = waiting.last?["id"] as Int64? else { return 0 }
        var seal = head.seal
        // Written once they are all read: a statement that walks a table is not to meet its own changes.
        var seals: [(id: Int64, seal: Seal)] = []
        seals.reserveCapacity(waiting.count)
        try History(db).read(chain, after: head.id, through: last) { row in
            seal = seal.following(row.record)
            seals.append((row.id, seal))
        }
        for (id, seal) in seals {
            let changed = try run(chain.setSeal, [seal.bytes, id])
            guard changed == 1 else {
                throw StoreError.refused(
                    "\(chain.rawValue) \(id) cannot be sealed: a trigger that is none of Quash's keeps it from being "
                        + "changed; quash audit verify names it"
                )
            }
        }
        return seals.count
    }

    /// Where a chain ends: its last sealed row, or what the last purge says came before all that is left.
    package func head(of chain: Chain) throws -> Head {
        if let row = try row(chain.lastSealed) {
            return Head(chain, id: row[0], seal: Seal(row[1]))
        }
        return try latestPurge()?.head(of: chain) ?? Head(chain, id: 0, seal: .start)
    }

    /// The purge that came last.
    package func latestPurge() throws -> PurgeRow? {
        try Row.fetchOne(db, sql: Query.latestPurge.rawValue).map(PurgeRow.init)
    }
}

extension Chain {
    var lastSealed: Query { self == .answer ? .lastSealedAnswer : .lastSealedEvent }
    var unsealed: Query { self == .answer ? .unsealedAnswers : .unsealedEvents }
    var setSeal: Query { self == .answer ? .sealAnswer : .sealEvent }
}
