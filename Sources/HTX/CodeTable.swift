package import Cancels

/// What the exchange's error codes mean for a cancel (htx-api 3): data in `CodeTable+Rows.swift`, and one
/// lookup.
///
/// A code says different things of an id it stands beside and of a request it refuses whole, so
/// each class answers for both. Where the sources doubt or contradict each other the class is one
/// under which no id can be misreported: `unclear` or `foreign`, which are looked up before
/// anything is final. A code without a row is taken as a foreign one; where no code is given at all
/// nothing is known, as after silence.
package enum CodeTable {
    /// Every code that has a meaning here, one row each.
    package static let rows: [CodeRow] = cancelRows + accountRows + strayRows

    private static let byCode = Dictionary(rows.map { ($0.code, $0) }) { first, _ in first }

    /// The row of a code as it came; nil for an unlisted one.
    package static func row(for code: String) -> CodeRow? { byCode[code] }

    /// What a code means where it stands; `unknown` for a missing one, `unlisted` for one without a
    /// row.
    package static func kind(of code: String?, for scope: CodeRow.Scope) -> Outcome.Kind {
        guard let code else { return .unknown }
        return (row(for: code)?.meaningClass ?? .foreign).kind(for: scope)
    }
}
