import Cancels
import quash

/// Holds an accepted job file against what a second reader finds in it.
struct JobFileProof {
    let format: JobFileFormat?
    /// The contract of the command line.
    let fallback: String?
    /// What the file holds.
    let text: Bytes

    /// Each id is handed on once for each time it stands there, in order, to the job it stands in.
    func check(_ checked: CheckedJobFile) {
        var found: [(job: Int, digits: Bytes, line: Int)] = []
        do {
            try checked.forEachID { job, digits, line in
                let copy = digits.indices.map { digits[$0] }
                found.append((job, copy, line))
            }
        } catch {
            require(false, "good in pass one, and in pass two: \(error)")
        }
        var counts = checked.jobs.map { _ in 0 }
        for id in found {
            require(isID(id.digits), "\(shown(id.digits)) is no id")
            require(counts.indices.contains(id.job), "job \(id.job) of \(counts.count)")
            counts[id.job] += 1
        }
        require(!counts.isEmpty && !counts.contains(0), "an empty job")
        require(counts == checked.jobs.map(\.idCount), "the passes count differently: \(counts)")
        let lines = 1 + text.count { $0 == UInt8(ascii: "\n") }
        require(checked.jobs.allSatisfy { (1...lines).contains($0.line) }, "a job beyond the end")
        checkDigits(found)
        checkMeaning(found, of: checked)
    }

    /// The digits stand in the file, in that order, on those lines.
    private func checkDigits(_ found: [(job: Int, digits: Bytes, line: Int)]) {
        var runs = digitRuns(in: text, resolvingEscapes: isJSON)[...]
        for id in found {
            // A quoted cell may begin on a line before its digits.
            let run = runs.firstIndex {
                $0.digits == id.digits && (isJSON ? $0.line == id.line : $0.line >= id.line)
            }
            guard let run else {
                return require(false, "\(shown(id.digits)) of line \(id.line): \(shown(text))")
            }
            runs = runs[(run + 1)...]
        }
    }

    /// The second reader finds the same ids under the same accounts and contracts.
    private func checkMeaning(
        _ found: [(job: Int, digits: Bytes, line: Int)],
        of checked: CheckedJobFile
    ) {
        var plain = withoutMark
        // Looking for the first byte that tells the format steps over the blanks before it.
        if format == nil { plain = Bytes(plain.drop { trimmed([$0]).isEmpty }) }
        let records = isJSON ? JobRecord.inJSON(plain) : JobRecord.inTable(plain, isList: isList)
        guard let records else { return require(false, "accepted: \(shown(text))") }
        let expected = records.flatMap { record in record.ids.map { (record, $0) } }
        require(
            expected.map(\.1) == found.map(\.digits),
            "\(found.map { shown($0.digits) }) from \(shown(text))"
        )
        for ((record, _), id) in zip(expected, found) {
            check(checked.jobs[id.job].header, says: record)
        }
    }

    /// The job says what the record of an id says, and the command line where that is silent.
    private func check(_ header: JobHeader, says record: JobRecord) {
        func compare(_ name: String, _ found: String?, _ expected: String?) {
            guard found.map({ Bytes($0.utf8) }) != expected.map({ Bytes($0.utf8) }) else { return }
            require(false, "\(name) \(found ?? "-"), not \(expected ?? "-"): \(shown(text))")
        }
        compare("account", header.account, record["account"] ?? "main")
        compare("contract", header.contract.description, record.selector ?? fallback)
        compare("priority", String(header.priority), record.number("priority") ?? "0")
        compare("start", header.notBeforeMs.map { "\($0)" }, record.number("not_before_ms"))
        compare("deadline", header.notAfterMs.map { "\($0)" }, record.number("not_after_ms"))
        compare("dedup_key", header.dedupKey, record["dedup_key"])
        compare("queued_by", header.queuedBy, record["queued_by"])
        compare("note", header.note, record["note"])
    }

    private var withoutMark: Bytes {
        text.starts(with: [0xEF, 0xBB, 0xBF]) ? Bytes(text.dropFirst(3)) : text
    }

    /// A file whose format nobody named is JSON where it begins so.
    private var isJSON: Bool {
        if let format { return format == .json || format == .jsonLines }
        let first = trimmed(withoutMark).first
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    private var isList: Bool { format == .list }
}
