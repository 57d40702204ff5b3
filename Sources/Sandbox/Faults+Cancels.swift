extension Faults {
    /// What goes wrong with the cancels of particular orders and contracts.
    ///
    /// As JSON, beside the other keys of the faults and all optional:
    ///
    ///     {"poison_ids": {"826053970168446976": 1030},
    ///      "poison_contracts": {"BTC-USDT": 1014},
    ///      "settling": ["ETH-USDT"],
    ///      "fire_first_ids": ["826053970168446977"],
    ///      "accepted_then_fires": ["826053970168446978"],
    ///      "accepted_stays_open": ["826053970168446979"],
    ///      "in_progress_ids": {"826053970168446980": 2}}
    package struct Cancels: Sendable, Equatable {
        /// Ids with which a request is refused as a whole, and the code.
        package var poisonIDs: [String: Int] = [:]
        /// Contract codes on which a request is refused as a whole, and the code.
        package var poisonContracts: [String: Int] = [:]
        /// Contract codes in settlement: their requests are refused with 1056 (htx-api 3.1).
        package var settling: Set<String> = []
        /// Orders that fire at the moment a cancel for them arrives.
        package var fireFirstIDs: Set<String> = []
        /// Orders whose cancel is acknowledged and which fire all the same (htx-api 0).
        package var acceptedThenFires: Set<String> = []
        /// Orders whose cancel is acknowledged and which stay open all the same.
        package var acceptedStaysOpen: Set<String> = []
        /// How many further cancels of an id find another in progress, whatever its state.
        package var inProgressIDs: [String: Int] = [:]

        /// Nothing goes wrong.
        package init() {}

        /// Says why a whole request is refused, or nil.
        ///
        /// - Parameters:
        ///   - ids: the ids it names.
        ///   - codes: the codes of the contracts it may mean.
        /// - Returns: the refusal, that of an id before that of a contract.
        func refusal(of ids: [String], on codes: Set<String>) -> Refusal? {
            for id in ids {
                if let code = poisonIDs[id] { return Refusal(code: code) }
            }
            for contract in codes.sorted() {
                if let code = poisonContracts[contract] { return Refusal(code: code) }
                if settling.contains(contract) { return Refusal(code: 1056) }
            }
            return nil
        }

        /// Refuses what cannot be carried out.
        ///
        /// - Throws: `BadInput` with the first thing that is wrong.
        func validate() throws(BadInput) {
            guard inProgressIDs.values.allSatisfy({ 0...1_000_000 ~= $0 }) else {
                throw BadInput("The counts of in_progress_ids must be from 0 to 1000000.")
            }
            guard acceptedThenFires.isDisjoint(with: acceptedStaysOpen) else {
                throw BadInput("An order can either fire or stay open after it was accepted.")
            }
        }
    }
}

extension Faults.Cancels: Codable {
    private enum CodingKeys: String, CodingKey {
        case settling
        case poisonIDs = "poison_ids"
        case poisonContracts = "poison_contracts"
        case fireFirstIDs = "fire_first_ids"
        case acceptedThenFires = "accepted_then_fires"
        case acceptedStaysOpen = "accepted_stays_open"
        case inProgressIDs = "in_progress_ids"
    }

    /// Reads them; a missing key means nothing of that kind goes wrong.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        poisonIDs = try fields.table(.poisonIDs)
        poisonContracts = try fields.table(.poisonContracts)
        settling = try fields.ids(.settling)
        fireFirstIDs = try fields.ids(.fireFirstIDs)
        acceptedThenFires = try fields.ids(.acceptedThenFires)
        acceptedStaysOpen = try fields.ids(.acceptedStaysOpen)
        inProgressIDs = try fields.table(.inProgressIDs)
    }

    /// Writes what is asked for.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(table: poisonIDs, forKey: .poisonIDs)
        try fields.encode(table: poisonContracts, forKey: .poisonContracts)
        try fields.encode(sorted: settling, forKey: .settling)
        try fields.encode(sorted: fireFirstIDs, forKey: .fireFirstIDs)
        try fields.encode(sorted: acceptedThenFires, forKey: .acceptedThenFires)
        try fields.encode(sorted: acceptedStaysOpen, forKey: .acceptedStaysOpen)
        try fields.encode(table: inProgressIDs, forKey: .inProgressIDs)
    }
}
