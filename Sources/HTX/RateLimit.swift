package import Cancels

/// What the headers of an answer say of the limit (htx-api 4).
///
/// They only ever slow us down (reliability 3.7), so a header that makes no sense is as good as none.
package enum RateLimit {
    /// Reads `ratelimit-limit`, `-interval` (ms), `-remaining` and `-reset` (ms), in any letter case.
    ///
    /// Where `ratelimit-reset` is missing, `Retry-After` in seconds stands in for it as a span. The first
    /// of several headers of one name counts.
    ///
    /// - Returns: nil where no header says anything.
    package static func report(
        from headers: some Sequence<(name: String, value: String)>
    ) -> LimitReport? {
        let numbers = numbers(in: headers)
        func positive(_ name: String) -> Int64? { numbers[name].flatMap { $0 > 0 ? $0 : nil } }
        let report = LimitReport(
            limit: positive("ratelimit-limit").flatMap { Int(exactly: $0) },
            interval: positive("ratelimit-interval"),
            remaining: numbers["ratelimit-remaining"].flatMap { Int(exactly: $0) },
            reset: positive("ratelimit-reset") ?? positive("retry-after").map { $0 * 1_000 }
        )
        let nothing = LimitReport(limit: nil, interval: nil, remaining: nil, reset: nil)
        return report == nothing ? nil : report
    }

    /// Reads `recovery-time`, the epoch milliseconds at which a ban ends (htx-api 4).
    package static func recovery(
        from headers: some Sequence<(name: String, value: String)>
    ) -> Int64? {
        numbers(in: headers)["recovery-time"].flatMap { $0 > 0 ? $0 : nil }
    }

    /// A report whose reset is the end of a ban, where that is later.
    ///
    /// A reset that is a span counts from `serverTime`. Without that the end of the ban, an instant
    /// of the exchange's clock, cannot be compared, and only stands in where no reset is named.
    package static func report(
        _ report: LimitReport?,
        recoveringAt recovery: Int64?,
        serverTime: Int64?
    ) -> LimitReport? {
        guard let recovery else { return report }
        var report = report ?? LimitReport(limit: nil, interval: nil, remaining: nil, reset: nil)
        let reset = report.reset.flatMap { reset -> Int64? in
            reset < spanLimit
                ? serverTime.map { $0.addingReportingOverflow(reset).partialValue } : reset
        }
        if report.reset == nil || reset.map({ $0 < recovery }) == true { report.reset = recovery }
        return report
    }

    /// Smaller resets are spans, as `LimitReport` has it.
    private static let spanLimit: Int64 = 1_000_000_000

    /// The first number under each name that has one, by the name in lower case.
    private static func numbers(
        in headers: some Sequence<(name: String, value: String)>
    ) -> [String: Int64] {
        var numbers: [String: Int64] = [:]
        for (name, value) in headers {
            let name = name.lowercased()
            guard numbers[name] == nil, let number = number(value) else { continue }
            numbers[name] = number
        }
        return numbers
    }

    /// A plain decimal of up to 15 digits, so that seconds times a thousand still fit.
    private static func number(_ text: String) -> Int64? {
        let digits = text.utf8.drop { $0 == 0x20 || $0 == 0x09 }
        let trimmed = digits.prefix { (0x30...0x39).contains($0) }
        guard (1...15).contains(trimmed.count),
            digits[trimmed.endIndex...].allSatisfy({ $0 == 0x20 || $0 == 0x09 })
        else { return nil }
        return Int64(Substring(trimmed))
    }
}
