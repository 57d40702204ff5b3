extension Faults {
    /// One line of a script: the next `count` arrivals all meet `fault`.
    package struct Step: Sendable, Equatable {
        /// What they meet.
        package var fault: Fault
        /// How many they are.
        package var count: Int

        /// Makes a line of a script.
        package init(_ fault: Fault, count: Int = 1) {
            self.fault = fault
            self.count = count
        }
    }

    /// What goes wrong with the requests for lists: the same words, dealt apart from the cancels.
    ///
    /// Faults of a cancel's two lists mean nothing there and let the request pass.
    package struct Reads: Sendable, Equatable {
        /// How likely each fault is, from 0 to 1.
        package var chances: [Fault: Double]
        /// What the next requests for lists meet; the chances come after its end.
        package var script: [Step]

        /// Makes a set of faults; by default nothing goes wrong.
        package init(chances: [Fault: Double] = [:], script: [Step] = []) {
            self.chances = chances
            self.script = script
        }
    }
}

extension Faults.Reads: Codable {
    private enum CodingKeys: CodingKey {
        case chances, script
    }

    /// Reads them; both keys are optional.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            chances: fields.decodeIfPresent([Fault: Double].self, forKey: .chances) ?? [:],
            script: fields.decodeIfPresent([Faults.Step].self, forKey: .script) ?? []
        )
    }
}

extension Faults.Step: Codable {
    private enum CodingKeys: CodingKey {
        case fault, count
    }

    /// Reads a line of a script; a missing count is one.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            fields.decode(Fault.self, forKey: .fault),
            count: fields.decodeIfPresent(Int.self, forKey: .count) ?? 1
        )
    }
}
