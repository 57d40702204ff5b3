/// The fields of a job, apart from its ids.
package enum JobKey: UInt8, CaseIterable, Sendable {
    // What each means stands with `JobHeader`, which has them as values.
    case account, contractCode, pair, contractType, priority, notBeforeMs, notAfterMs, dedupKey
    case queuedBy, note

    /// Its name in files, the one of the column of `job`.
    package var name: String {
        switch self {
        case .account: "account"
        case .contractCode: "contract_code"
        case .pair: "pair"
        case .contractType: "contract_type"
        case .priority: "priority"
        case .notBeforeMs: "not_before_ms"
        case .notAfterMs: "not_after_ms"
        case .dedupKey: "dedup_key"
        case .queuedBy: "queued_by"
        case .note: "note"
        }
    }

    /// Whether its value is a number.
    var isInteger: Bool { self == .priority || self == .notBeforeMs || self == .notAfterMs }
}

/// What a JSON key or a CSV column can name.
enum RecordKey: Hashable {
    /// A field of the job.
    case field(JobKey)
    /// One id.
    case orderID
    /// Several ids; in JSON only.
    case orderIDs

    /// Every key there is, with its name as bytes: names are looked up for each line of JSON.
    private static let all: [(name: [UInt8], key: Self)] =
        JobKey.allCases.map { (Array($0.name.utf8), .field($0)) }
        + [(Array("order_id".utf8), .orderID), (Array("order_ids".utf8), .orderIDs)]

    /// Finds a key by its exact name.
    init?(_ name: [UInt8]) {
        guard let (_, key) = Self.all.first(where: { $0.name == name }) else { return nil }
        self = key
    }

    /// Its name in files.
    var name: String {
        switch self {
        case .field(let key): key.name
        case .orderID: "order_id"
        case .orderIDs: "order_ids"
        }
    }

    /// What to write instead of a name nobody knows.
    static let list =
        "the names are "
        + all.map { String(decoding: $0.name, as: UTF8.self) }
        .joined(separator: ", ")
}
