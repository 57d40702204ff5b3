extension Faults: Codable {
    private enum CodingKeys: String, CodingKey {
        case latencyMs = "latency_ms"
        case orderErrCodes = "order_err_codes"
        case chances, script, reads
    }

    /// Reads faults; a missing key means nothing of that kind goes wrong.
    ///
    /// The groups are one flat object in JSON: each picks its own keys out of it.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        try self.init(
            latencyMs: fields.decodeIfPresent(Latency.self, forKey: .latencyMs)
                ?? Latency(min: 0, max: 0),
            chances: fields.decodeIfPresent([Fault: Double].self, forKey: .chances) ?? [:],
            orderErrCodes: fields.decodeIfPresent([String: Int].self, forKey: .orderErrCodes)
                ?? [:],
            script: fields.decodeIfPresent([Step].self, forKey: .script) ?? [],
            reads: fields.decodeIfPresent(Reads.self, forKey: .reads) ?? Reads()
        )
        cancels = try Cancels(from: decoder)
        lists = try Lists(from: decoder)
        world = try World(from: decoder)
    }

    /// Writes them as they are read; of the later groups, only what is asked for.
    package func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: CodingKeys.self)
        try fields.encode(latencyMs, forKey: .latencyMs)
        try fields.encode(chances, forKey: .chances)
        try fields.encode(orderErrCodes, forKey: .orderErrCodes)
        try fields.encode(script, forKey: .script)
        if reads != Reads() { try fields.encode(reads, forKey: .reads) }
        try cancels.encode(to: encoder)
        try lists.encode(to: encoder)
        try world.encode(to: encoder)
    }
}

extension KeyedDecodingContainer {
    /// Reads a list of ids, texts or whole numbers; a missing key is an empty one.
    func ids(_ key: Key) throws -> Set<String> {
        Set(try decodeIfPresent([DigitsOrText].self, forKey: key)?.map(\.text) ?? [])
    }

    /// Reads a table; a missing key is an empty one.
    func table<Value: Decodable>(_ key: Key) throws -> [String: Value] {
        try decodeIfPresent([String: Value].self, forKey: key) ?? [:]
    }
}

extension KeyedEncodingContainer {
    /// Writes a list in a fixed order, or nothing where it is empty.
    mutating func encode(sorted list: Set<String>, forKey key: Key) throws {
        if !list.isEmpty { try encode(list.sorted(), forKey: key) }
    }

    /// Writes a table, or nothing where it is empty.
    mutating func encode(table: [String: some Encodable], forKey key: Key) throws {
        if !table.isEmpty { try encode(table, forKey: key) }
    }
}
