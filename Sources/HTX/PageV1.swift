import Cancels

/// The page of orders in `data` (htx-api 6.3).
///
/// An order that is in no page counts as absent in the end, so a page is read whole or not at all:
/// an entry without an id might be the one that is looked for, and a page of another number, or one
/// that belies its own count of pages, would leave a hole that nobody sees.
enum PageV1 {
    /// Why a page cannot be read, in our words.
    struct Unreadable: Error {
        /// The words.
        let words: String
    }

    /// Reads the page that was asked for.
    ///
    /// - Throws: `Unreadable` where anything of it leaves a doubt.
    static func read(_ data: JSON?, asked number: Int) throws(Unreadable) -> OrderPage {
        guard let data, case .array(let entries)? = data["orders"] else {
            throw Unreadable(words: "the answer says ok and has no list of orders")
        }
        guard let total = count(data["total_page"]), let current = count(data["current_page"])
        else {
            throw Unreadable(words: "the answer does not say which page of how many it is")
        }
        // An empty list has no page at all, so it may call its only answer page 0 of 0.
        let isEmptyList = total == 0 && entries.isEmpty
        guard current == number || (isEmptyList && current == 0) else {
            throw Unreadable(words: "page \(number) was asked for and page \(current) came")
        }
        guard entries.isEmpty ? number >= total : number <= total else {
            let what = entries.isEmpty ? "empty" : "not empty"
            throw Unreadable(words: "page \(number) of \(total) is \(what)")
        }
        return OrderPage(
            orders: try orders(entries),
            number: number,
            count: max(total, 1),
            total: count(data["total_size"])
        )
    }

    /// A whole number of up to nine digits.
    private static func count(_ value: JSON?) -> Int? {
        guard let text = value?.scalar, text.utf8.count <= 9 else { return nil }
        return UInt32(text).map { Int($0) }
    }

    private static func orders(_ entries: [JSON]) throws(Unreadable) -> [ListedOrder] {
        var findings: [OrderID: Finding] = [:]
        var order: [OrderID] = []
        for entry in entries {
            guard let id = id(of: entry) else {
                throw Unreadable(words: "the page has an order whose id cannot be read")
            }
            let finding = finding(of: entry)
            switch findings.updateValue(finding, forKey: id) {
            case nil: order.append(id)
            case finding: break
            case .some:
                let words = "the page shows this order twice, and differently"
                findings[id] = Finding(.unclear, message: words)
            }
        }
        return order.compactMap { id in
            findings[id].map { ListedOrder(id: id, finding: $0) }
        }
    }

    /// The id under `order_id_str`, else under `order_id`; nil where the two cannot be of one
    /// order.
    private static func id(of entry: JSON) -> OrderID? {
        let number = entry["order_id"]?.scalar.flatMap { OrderID($0) }
        guard let exact = entry["order_id_str"], exact != .string("") else { return number }
        guard let text = exact.scalar, let id = OrderID(text) else { return nil }
        guard let number, number != id else { return id }
        return isMangled(number, from: id) ? id : nil
    }

    /// Whether a number is what JavaScript makes of an id, as in HTX's own sample (htx-api 2.4):
    /// the nearest that a Double can hold, printed with no more digits than tell it from the next.
    ///
    /// Each of the two steps moves an id of 64 bits by 1,024 at most, and one up to 2^53 not at
    /// all.
    private static func isMangled(_ number: OrderID, from id: OrderID) -> Bool {
        guard let exact = UInt64(id.text), let near = UInt64(number.text), exact > 1 << 53 else {
            return false
        }
        return max(exact, near) - min(exact, near) <= 2_048
    }

    /// What an entry says of its order (htx-api 6.4).
    private static func finding(of entry: JSON) -> Finding {
        func text(_ name: String, _ length: Int) -> String? {
            entry[name]?.scalar.map { Reading.cut($0, to: length) }
        }
        let status = text("status", Reading.strangerLength)
        switch status {
        case "2": return Finding(.live, code: status)
        case "4":
            return Finding(.fired, code: status, relationOrderID: child(of: entry))
        case "5":
            return Finding(
                .failed,
                code: text("fail_code", Reading.strangerLength),
                message: text("fail_reason", Reading.messageLength)
            )
        case "6": return Finding(.cancelled, code: status)
        default:
            // Other clients reuse the states of other order kinds, where 6 is "filled" (htx-api
            // 6.4).
            let words = "a status that is not documented for trailing orders"
            return Finding(.unclear, code: status, message: words)
        }
    }

    /// The order that a fired one became; "-1", 0 and nothing mean none.
    private static func child(of entry: JSON) -> String? {
        guard let id = entry["relation_order_id"]?.scalar.flatMap({ OrderID($0) }),
            id.text.contains(where: { $0 != "0" })
        else { return nil }
        return id.text
    }
}
