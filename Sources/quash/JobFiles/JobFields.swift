import Cancels

/// What is wrong with a field, or with two of them together.
package struct JobFieldFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field; nil where what is wrong is that there is none.
    package let key: JobKey?
    /// What is wrong, and what to do where that helps.
    package let message: String

    package var description: String { message }
}

/// What one record of a file, or the command line, says of a job: each field good by itself, any of
/// them missing.
package struct JobFields: Hashable, Sendable {
    /// The longest text of a free field, in bytes: ten thousand jobs must fit into memory.
    static let textLimit = 4096
    /// The longest contract, in bytes; the longest that exist have about 20.
    static let contractLimit = 64

    // Each is what the column of that name means (`JobHeader`), or nil.
    private(set) var account: String?
    private(set) var contractCode: String?
    private(set) var pair: String?
    private(set) var contractType: ContractType?
    private(set) var priority: Int64?
    private(set) var notBeforeMs: Int64?
    private(set) var notAfterMs: Int64?
    private(set) var dedupKey: String?
    private(set) var queuedBy: String?
    private(set) var note: String?

    /// Says nothing.
    package init() {}

    /// Sets one field from its text, or says what is wrong with that and changes nothing.
    package mutating func set(_ key: JobKey, to text: String) throws(JobFieldFault) {
        switch key {
        case .account: account = try Self.text(text, of: key, mayBeEmpty: false)
        case .contractCode: contractCode = try Self.contract(text, of: key)
        case .pair: pair = try Self.contract(text, of: key)
        case .contractType: contractType = try Self.contractType(text)
        case .priority: priority = try Self.integer(text, of: key)
        case .notBeforeMs: notBeforeMs = try Self.milliseconds(text, of: key)
        case .notAfterMs: notAfterMs = try Self.milliseconds(text, of: key)
        case .dedupKey: dedupKey = try Self.text(text, of: key, mayBeEmpty: false)
        case .queuedBy: queuedBy = try Self.text(text, of: key, mayBeEmpty: true)
        case .note: note = try Self.text(text, of: key, mayBeEmpty: true)
        }
    }

    /// These fields, and the given ones for those missing.
    ///
    /// The three that name the contract go
    /// together: half of one selector is never filled up with half of another.
    package func filled(from defaults: JobFields) -> JobFields {
        var fields = self
        if contractCode == nil, pair == nil, contractType == nil {
            fields.contractCode = defaults.contractCode
            fields.pair = defaults.pair
            fields.contractType = defaults.contractType
        }
        fields.account = account ?? defaults.account
        fields.priority = priority ?? defaults.priority
        fields.notBeforeMs = notBeforeMs ?? defaults.notBeforeMs
        fields.notAfterMs = notAfterMs ?? defaults.notAfterMs
        fields.dedupKey = dedupKey ?? defaults.dedupKey
        fields.queuedBy = queuedBy ?? defaults.queuedBy
        fields.note = note ?? defaults.note
        return fields
    }
}

// MARK: - The checks of single fields

extension JobFields {
    private static func text(
        _ text: String,
        of key: JobKey,
        mayBeEmpty: Bool
    ) throws(JobFieldFault) -> String {
        guard mayBeEmpty || !text.isEmpty else {
            throw JobFieldFault(key: key, message: "\(key.name) is empty; leave it out instead")
        }
        guard text.utf8.count <= textLimit else {
            throw JobFieldFault(
                key: key,
                message: "\(key.name) is longer than \(textLimit) bytes"
            )
        }
        // SQLite would store what follows a NUL and show it nowhere.
        guard !text.utf8.contains(0) else {
            throw JobFieldFault(key: key, message: "\(key.name) holds a NUL character")
        }
        return text
    }

    private static func contract(_ text: String, of key: JobKey) throws(JobFieldFault) -> String {
        let name = key.name
        guard !text.isEmpty else { throw JobFieldFault(key: key, message: "\(name) is empty") }
        guard text.utf8.count <= contractLimit else {
            throw JobFieldFault(key: key, message: "\(name) is longer than \(contractLimit) bytes")
        }
        func allows(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: byte == UInt8(ascii: "-")
            }
        }
        if text.utf8.allSatisfy(allows) { return text }
        let raised = text.uppercased()
        let problem =
            text.utf8.allSatisfy { $0 < 0x80 } && raised.utf8.allSatisfy(allows)
            ? "is in lower case; write \(quoted(raised.utf8))"
            : "may hold A-Z, 0-9 and - only, as in BTC-USDT"
        throw JobFieldFault(key: key, message: "\(name) \(quoted(text.utf8)) \(problem)")
    }

    private static func contractType(_ text: String) throws(JobFieldFault) -> ContractType {
        if let type = ContractType(rawValue: text) { return type }
        let allowed = ContractType.allCases.map(\.rawValue).joined(separator: ", ")
        throw JobFieldFault(
            key: .contractType,
            message: "contract_type \(quoted(text.utf8)) is not one of \(allowed)"
        )
    }

    private static func integer(_ text: String, of key: JobKey) throws(JobFieldFault) -> Int64 {
        // `Int64` alone would let a leading plus through.
        if text.first != "+", let number = Int64(text) { return number }
        throw JobFieldFault(
            key: key,
            message: "\(key.name) \(quoted(text.utf8)) is not a whole number of 64 bits"
        )
    }

    private static func milliseconds(
        _ text: String,
        of key: JobKey
    ) throws(JobFieldFault) -> Int64 {
        let number = try integer(text, of: key)
        guard number < 0 else { return number }
        throw JobFieldFault(
            key: key,
            message: "\(key.name) \(number) is negative; it counts milliseconds since 1970"
        )
    }
}
