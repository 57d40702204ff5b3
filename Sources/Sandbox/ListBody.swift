import Foundation

/// The body of a request for a list as sent: fields not yet judged (htx-api 6.1, 6.2).
struct ListBody: Sendable, Equatable, Decodable {
    /// `contract_code`, which wins over the pair.
    var contractCode: String?
    /// `pair`.
    var pair: String?
    /// `trade_type`.
    var tradeType: Int?
    /// `page_index`.
    var pageIndex: Int?
    /// `page_size`.
    var pageSize: Int?
    /// `status`; the official sample sends a number although a text is documented.
    var status: DigitsOrText?
    /// `create_date`, in days back.
    var createDate: Int64?
    /// `sort_by`.
    var sortBy: String?

    private enum CodingKeys: String, CodingKey {
        case pair, status
        case contractCode = "contract_code"
        case tradeType = "trade_type"
        case pageIndex = "page_index"
        case pageSize = "page_size"
        case createDate = "create_date"
        case sortBy = "sort_by"
    }

    /// The most orders on a page.
    private static let pageLimit = 50
    /// The most days back; more is read as this many (htx-api 6.2).
    private static let dayLimit: Int64 = 90

    /// Reads a JSON object; nil where the bytes are none or a field has a wrong type.
    init?(json: [UInt8]) {
        guard let body = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = body
    }

    /// Judges the fields, the selector before the others.
    ///
    /// - Throws: `Refusal`: 1014 for a history without contract, 1066 for a field it lacks, 1067
    ///   for a value outside those allowed, 1030 for an impossible page.
    func query(at endpoint: Exchange.Endpoint) throws(Refusal) -> ListQuery {
        let past = endpoint == .orderHistory
        let filter: ListQuery.Filter
        if let contractCode, !contractCode.isEmpty {
            filter = .code(contractCode.uppercased())
        } else if let pair, !pair.isEmpty {
            filter = .pair(pair.uppercased())
        } else {
            guard !past else { throw .missingContract }
            filter = .all
        }
        let history = past ? try history() : nil
        let (index, size) = (pageIndex ?? 1, pageSize ?? 20)
        // What the real exchange does with a larger page is unknown: no client may depend on it.
        guard index >= 1, 1...Self.pageLimit ~= size else { throw .invalidInput }
        let tradeType = tradeType ?? 0
        guard tradeType == 0 || Exchange.Placement.tradeTypes.contains(tradeType) else {
            throw .invalid("trade_type")
        }
        return ListQuery(
            filter: filter,
            tradeType: tradeType,
            pageIndex: index,
            pageSize: size,
            history: history
        )
    }

    private func history() throws(Refusal) -> ListQuery.History {
        guard let status, !status.text.isEmpty else { throw .missing("status") }
        guard tradeType != nil else { throw .missing("trade_type") }
        guard let createDate else { throw .missing("create_date") }
        guard createDate >= 1 else { throw .invalid("create_date") }
        let sort = sortBy ?? "create_date"
        guard ["create_date", "update_time"].contains(sort) else { throw .invalid("sort_by") }
        return ListQuery.History(
            states: try states(status.text),
            days: min(createDate, Self.dayLimit),
            byUpdate: sort == "update_time"
        )
    }

    /// Reads the numbers of final states with commas between; 0 means all of them.
    private func states(_ text: String) throws(Refusal) -> Set<Exchange.OrderState> {
        let final = Exchange.OrderState.final
        var states: Set<Exchange.OrderState> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            if part == "0" {
                states.formUnion(final)
            } else if let state = final.first(where: { String($0.code) == part }) {
                states.insert(state)
            } else {
                throw .invalid("status")
            }
        }
        return states
    }
}
