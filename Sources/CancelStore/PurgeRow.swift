import GRDB

/// Up to which row of each table a purge goes.
package struct PurgeRange: Hashable, Sendable {
    package var job: Int64 = 0
    package var request: Int64 = 0
    package var answer: Int64 = 0
    package var event: Int64 = 0
    package var scan: Int64 = 0
    package var act: Int64 = 0

    package init() {}
}

/// What a row of `purge` says of where the chains go on.
package struct PurgeRow: Hashable, Sendable {
    package let id: Int64
    package let range: PurgeRange
    package let answerHead: Seal
    package let eventHead: Seal
    package let cancels: Int
    package let archive: String

    /// Reads a row as `Query.purgeRecords` gives it.
    init(_ row: Row) throws {
        var range = PurgeRange()
        (range.job, range.request, range.answer) = (row[6], row[7], row[8])
        (range.event, range.scan, range.act) = (row[10], row[12], row[13])
        guard let answerHead = Seal(hex: row[9] as String),
            let eventHead = Seal(hex: row[11] as String)
        else { throw StoreError.refused("purge \(row[0] as Int64) has a head that is no seal") }
        (self.answerHead, self.eventHead) = (answerHead, eventHead)
        self.range = range
        (id, cancels, archive) = (row[0], row[14], row[15])
    }

    /// Where a chain goes on behind it.
    func head(of chain: Chain) -> Head {
        switch chain {
        case .answer: Head(chain, id: range.answer, seal: answerHead)
        case .event: Head(chain, id: range.event, seal: eventHead)
        }
    }
}
