extension Faults {
    /// What is wrong with the lists of orders.
    ///
    /// As JSON, beside the other keys of the faults and all optional:
    ///
    ///     {"list_delay_ms": 1500, "absent_ids": ["826053970168446976"]}
    package struct Lists: Sendable, Equatable {
        /// How long ago the book was as the lists show it, in milliseconds.
        package var delayMs: Int64 = 0
        /// Orders that neither list ever shows.
        package var absentIDs: Set<String> = []

        /// Nothing is wrong.
        package init() {}

        /// Refuses what cannot be carried out.
        ///
        /// - Throws: `BadInput` with the first thing that is wrong.
        func validate() throws(BadInput) {
            // A day, as for the limiter's interval: it keeps the nanoseconds far from overflow.
            guard 0...86_400_000 ~= delayMs else {
                throw BadInput("list_delay_ms must be from 0 to 86400000.")
            }
        }
    }
}

extension Faults.Lists: Codable {
    private enum CodingKeys: String, CodingKey {
        case delayMs = "list_delay_ms"
        case absentIDs = "absent_ids"
    }

    /// Reads them; a missing key means nothing of that kind is wrong.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        delayMs = try fields.decodeIfPresent(Int64.self, forKey: .delayMs) ?? 0
        absentIDs = try fields.ids(.absentIDs)
    }

    /// Writes what is asked for.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        if delayMs != 0 { try fields.encode(delayMs, forKey: .delayMs) }
        try fields.encode(sorted: absentIDs, forKey: .absentIDs)
    }
}
