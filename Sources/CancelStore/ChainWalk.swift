/// Compares the rows of one chain with their seals, one by one; it tells of the first that is wrong.
struct ChainWalk {
    private let chain: Chain
    private let start: Head
    /// The last row with a seal, whatever that seal is worth.
    private let lastSealed: Int64
    private var kept: [Head]
    private var expected: Int64
    /// The seal that the next row's is over.
    private var link: Seal
    /// A row without a seal before sealed ones: whether its content is what those were sealed over
    /// shows at the next.
    private var bare: Int64?

    private(set) var report: AuditReport.ChainReport
    private(set) var findings: [AuditReport.Finding] = []
    private(set) var notes: [String] = []
    private var isFirst = true

    init(start: Head, lastSealed: Int64, kept: [Head]) {
        chain = start.chain
        self.start = start
        self.lastSealed = lastSealed
        self.kept = kept.filter { $0.chain == start.chain }
        expected = start.id + 1
        link = start.seal
        report = .init(head: start)
        check(start)
    }

    mutating func read(_ row: HistoryRow) {
        guard row.id > start.id else {
            return wrong(
                "\(name(row.id)) lies in the range that was purged: it was inserted behind the triggers' back"
            )
        }
        let isGap = row.id != expected
        defer { expected = row.id + 1 }
        guard let seal = row.seal else { return readUnsealed(row, isGap: isGap) }
        report.rows += 1
        let isRight = link.following(row.record) == seal
        if let bare {
            tell(bare, isAsSealed: isRight && !isGap)
            self.bare = nil
            if isGap { wrong(missing(upTo: row.id)) }
        } else if isGap {
            let after = isRight ? ", before the rows after them were sealed" : ""
            wrong(missing(upTo: row.id) + after)
        } else if !isRight {
            wrong(mismatch(row.id))
        }
        link = seal
        report.head = Head(chain, id: row.id, seal: seal)
        check(report.head)
    }

    private mutating func readUnsealed(_ row: HistoryRow, isGap: Bool) {
        if isGap { wrong(missing(upTo: row.id)) }
        guard row.id < lastSealed else {
            report.unsealed += 1
            return
        }
        if let bare { tell(bare, isAsSealed: nil) }
        bare = row.id
        link = link.following(row.record)
    }

    /// Says what is missing at the end; `greatestID` is what SQLite remembers of the ids it gave out.
    mutating func end(greatestID: Int64) {
        if greatestID >= expected {
            wrong(missing(upTo: greatestID + 1) + ", at the end of the chain")
        }
        for head in kept {
            guard head.id >= start.id else {
                // It went with an honest purge, whose archive has it.
                notes.append(
                    "the head kept of \(name(head.id)) cannot be checked here: that row was purged; check it "
                        + "against the archive"
                )
                continue
            }
            findings.append(
                .init(
                    about: "head",
                    sentence:
                        "the head kept of \(name(head.id)) is not in the file: the chain was cut before it, "
                        + "or made anew"
                )
            )
        }
    }

    /// Compares a row with the heads that were kept of it.
    private mutating func check(_ head: Head) {
        for other in kept where other.id == head.id && other.seal != head.seal {
            findings.append(
                .init(
                    about: "head",
                    sentence:
                        "\(name(head.id)) has another seal than the head that was kept of it: "
                        + "the chain was made anew"
                )
            )
        }
        kept.removeAll { $0.id == head.id }
    }

    private mutating func tell(_ id: Int64, isAsSealed: Bool?) {
        let content =
            switch isAsSealed {
            case true?: "; its content is as it was sealed"
            case false?: "; its content is not what the rows after it were sealed over"
            case nil: ""
            }
        wrong(
            "\(name(id)) is unsealed though later rows are sealed: it was inserted, or its seal removed, "
                + "behind the triggers' back" + content
        )
    }

    private mutating func wrong(_ sentence: String) {
        if isFirst {
            findings.append(.init(about: chain.rawValue, sentence: sentence))
        } else {
            report.more += 1
        }
        isFirst = false
    }

    private func mismatch(_ id: Int64) -> String {
        let suspects =
            switch chain {
            case .answer: "it, its request, one of its attempts or one of its findings"
            case .event: "it"
            }
        return
            "\(name(id)): its content does not match its seal: \(suspects) was edited, or the seal before it "
            + "was replaced"
    }

    private func missing(upTo id: Int64) -> String {
        id == expected + 1
            ? "\(name(expected)) is missing: it was deleted"
            : "\(chain.rawValue)s \(expected) to \(id - 1) are missing: they were deleted"
    }

    private func name(_ id: Int64) -> String { "\(chain.rawValue) \(id)" }
}
