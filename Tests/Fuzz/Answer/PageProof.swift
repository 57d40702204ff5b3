import Cancels
import HTX

/// Holds the reading of a page of orders against what its body says.
struct PageProof {
    let asked: Int
    let status: Int
    let text: Bytes
    let body: Witness?

    func check(_ reading: Reading) {
        if let page = reading.page {
            check(page)
        } else if isPlain {
            require(false, "a whole page was not read: \(shown(text)): \(reading)")
        }
        if let whole = reading.whole {
            require(whole.kind != .accepted && whole.kind != .alreadyDone, "names no id: \(whole)")
        }
    }

    /// All of the page that was asked for, and nothing else.
    private func check(_ page: OrderPage) {
        func place() -> String { "\(page) after \(status) \(shown(text))" }
        require((200..<300).contains(status), "not ok: \(place())")
        require(body?.only("status")?.isText("ok") ?? false, "not ok: \(place())")
        require(page.number == asked && page.count >= 1, "another page: \(place())")
        require(pageNumber == asked || (pageNumber == 0 && entries?.isEmpty == true), place())
        require(page.count == max(1, pageCount ?? -1), "another count of pages: \(place())")
        guard let entries else { return require(false, "no list of orders: \(place())") }
        require(
            entries.isEmpty ? asked >= pageCount ?? 0 : asked <= page.count,
            "a hole: \(place())"
        )

        let names = Set(digitRuns(in: text, resolvingEscapes: true).map(\.digits))
        var seen: [Bytes] = []
        for entry in entries {
            guard let id = Self.id(of: entry) else { return require(false, "no id: \(place())") }
            require(!Self.isOfTwoOrders(entry), "an entry of two orders: \(place())")
            if !seen.contains(id) { seen.append(id) }
        }
        require(page.orders.map { Bytes($0.id.text.utf8) } == seen, "other orders: \(place())")
        for order in page.orders {
            let id = Bytes(order.id.text.utf8)
            require(names.contains(id), "its digits are nowhere: \(order.id) in \(place())")
            check(order.finding, of: entries.filter { Self.id(of: $0) == id }, place)
        }
    }

    /// A state of an order is what every entry on it says (htx-api 6.4); never absent.
    private func check(_ finding: Finding, of entries: [Witness], _ place: () -> String) {
        let states: [Finding.Kind: String] = [
            .live: "2", .fired: "4", .failed: "5", .cancelled: "6",
        ]
        let said = Set(entries.map { $0.only("status")?.scalar ?? [] })
        if let state = states[finding.kind] {
            require(said == [Bytes(state.utf8)], "another status: \(place())")
        } else {
            require(finding.kind == .unclear, "\(finding) in \(place())")
            let isOneState = said.count == 1 && states.values.contains { [Bytes($0.utf8)] == said }
            require(!isOneState || entries.count > 1, "a clear status is unclear: \(place())")
        }
        if let child = finding.relationOrderID {
            let children = entries.compactMap { $0.only("relation_order_id")?.scalar }
            require(children.contains(Bytes(child.utf8)), "another child: \(place())")
        }
    }

    private var data: Witness? { body?.only("data") }
    private var entries: [Witness]? { data?.only("orders")?.elements }
    private var pageNumber: Int? { Self.count(data?.only("current_page")) }
    private var pageCount: Int? { Self.count(data?.only("total_page")) }

    /// Whether all is as documented and nothing is missing.
    private var isPlain: Bool {
        guard (200..<300).contains(status), let body, body.only("status")?.isText("ok") ?? false,
            ["err_code", "err-code", "code"].allSatisfy({ body.all($0).isEmpty }),
            let entries, let pageCount, pageNumber == asked
        else { return false }
        // Nobody has a milliard pages of fifty orders.
        guard (0..<1_000_000_000).contains(pageCount),
            entries.isEmpty ? asked >= pageCount : asked <= pageCount
        else { return false }
        return entries.allSatisfy { entry in
            guard case .text(let id)? = entry.only("order_id_str"),
                case .number(let number)? = entry.only("order_id")
            else { return false }
            return isID(id) && id == number
        }
    }

    /// Of the exact text if there is one, else of the number (htx-api 2.4).
    private static func id(of entry: Witness) -> Bytes? {
        let number = entry.only("order_id")?.scalar.flatMap { isID($0) ? $0 : nil }
        switch entry.only("order_id_str") {
        case nil, .null?: return number
        case .text(let text)? where text.isEmpty: return number
        case let exact?: return exact.scalar.flatMap { isID($0) ? $0 : nil }
        }
    }

    /// Whether its two ids differ by more than JavaScript can have done (htx-api 2.4).
    private static func isOfTwoOrders(_ entry: Witness) -> Bool {
        guard let number = entry.only("order_id")?.scalar, isID(number), let id = id(of: entry),
            number != id
        else { return false }
        let values = [number, id].map { Double(String(decoding: $0, as: UTF8.self)) ?? 0 }
        return values.contains { $0 < 0x1p53 } || abs(values[0] - values[1]) > 4096
    }

    private static func count(_ value: Witness?) -> Int? {
        value?.scalar.flatMap { Int(String(decoding: $0, as: UTF8.self)) }
    }
}
