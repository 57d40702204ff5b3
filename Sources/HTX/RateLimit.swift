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
        var numbers: [String: Int64] = [:]
        for (name, value) in headers {
            let name = name.lowercased()
            guard numbers[name] == nil, let number = number(value) else { continue }
            numbers[name] = number
        }
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
