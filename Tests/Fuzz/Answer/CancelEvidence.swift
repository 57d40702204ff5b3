/// What a body says of ids, as the second reader sees it.
///
/// It takes every shape that htx-api 2.2 lists and looks under both spellings of a name, so it finds
/// at least what the product may find.
struct CancelEvidence {
    /// What `successes` names, wherever `data` holds one.
    private(set) var successes: Set<Bytes> = []
    /// The codes beside each id that `errors` names; an entry without a code gives an empty one.
    private(set) var codes: [Bytes: Set<Bytes>] = [:]
    /// Whether the body is exactly of the documented shape, which nobody may fail to understand.
    private(set) var isPlain = false
    /// Whether it says ok.
    let saysOK: Bool

    /// Whether no id is named at all.
    var namesNothing: Bool { successes.isEmpty && codes.isEmpty }

    init(_ body: Witness?) {
        saysOK = body?.only("status")?.isText("ok") ?? false
        for data in body?.all("data") ?? [] {
            for part in data.elements ?? [data] {
                for list in part.all("successes") { successes.formUnion(Self.names(in: list)) }
                for list in part.all("errors") {
                    for entry in list.elements ?? [list] { note(entry) }
                }
            }
        }
        if let body { isPlain = Self.isPlain(body) }
    }

    private mutating func note(_ entry: Witness) {
        let names = ["order_id", "order-id"].flatMap(entry.all).flatMap(Self.names)
        let found = ["err_code", "err-code", "code"].flatMap(entry.all).compactMap(\.scalar)
        for name in names { codes[name, default: []].formUnion(found.isEmpty ? [[]] : found) }
    }

    private static func names(in value: Witness) -> [Bytes] {
        (value.elements ?? [value]).compactMap(\.scalar).flatMap { text in
            text.split(separator: UInt8(ascii: ",")).map { trimmed(Bytes($0), widely: true) }
        }.filter { !$0.isEmpty }
    }

    /// Ids as strings, codes as numbers, nothing twice and nothing beside.
    private static func isPlain(_ body: Witness) -> Bool {
        guard body.only("status")?.isText("ok") ?? false,
            ["err_code", "err-code", "code"].allSatisfy({ body.all($0).isEmpty }),
            case .members? = body.only("data"), let data = body.only("data"),
            case .text(let successes)? = data.only("successes"),
            let errors = data.only("errors")?.elements
        else { return false }
        let names = successes.split(separator: UInt8(ascii: ","))
        return names.allSatisfy { isID(Bytes($0)) }
            && errors.allSatisfy { entry in
                guard case .text(let id)? = entry.only("order_id"), isID(id),
                    case .number? = entry.only("err_code")
                else { return false }
                return ["order-id", "err-code", "code"].allSatisfy { entry.all($0).isEmpty }
            }
    }
}
