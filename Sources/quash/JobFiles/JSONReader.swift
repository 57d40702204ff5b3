/// Reads JSON: one job object, an array of them, or objects one after another.
///
///     {"contract_code": "BTC-USDT", "order_ids": ["826053970168446976", 826052906719444993]}
///
/// Keys come in any order. Ids are strings or integers in an array, a comma-separated string as the
/// SQL inlet takes it, or a single `order_id`. With `lines`, each object must stand on one line,
/// and a fault costs no more than its line.
///
/// No value becomes a number or a tree on the way: ids are digits from the file to the database,
/// and there is nothing to recurse into, for what is nested deeper than a job's ids is refused.
struct JSONReader {
    /// What was read.
    private(set) var records: JobRecords
    private var scanner: JSONScanner
    private let lines: Bool
    /// The keys of the present object so far, a bit each; both spellings of ids share the last.
    private var keys: UInt16 = 0

    /// Reads these bytes, which are a file from its start.
    init(_ bytes: ByteReader, lines: Bool, into records: JobRecords) {
        scanner = JSONScanner(bytes, lines: lines)
        self.lines = lines
        self.records = records
    }

    /// Reads the whole file.
    mutating func read() throws {
        guard !lines else { return try readLines() }
        do {
            try readDocument()
        } catch let fault as JobFileError.Fault {
            try records.note(fault)
        }
    }

    private mutating func readDocument() throws {
        guard try scanner.next() != nil else { return }
        if try scanner.takes("[") {
            if try scanner.next() != UInt8(ascii: "]") {
                repeat { try readJob() } while try scanner.takes(",")
            }
            try scanner.expect("]")
        } else {
            repeat { try readJob() } while try scanner.next() == UInt8(ascii: "{")
        }
        if try scanner.next() != nil { throw try scanner.unexpected("the end of the file") }
    }

    private mutating func readLines() throws {
        while try scanner.skipsToLine() {
            do {
                try readJob()
                if try scanner.next() != nil { throw try scanner.unexpected("the end of the line") }
            } catch let fault as JobFileError.Fault {
                try records.note(fault)
                try scanner.skipLine()
            }
        }
    }

    private mutating func readJob() throws {
        try scanner.expect("{")
        records.begin(line: scanner.line)
        keys = 0
        if try scanner.next() != UInt8(ascii: "}") {
            repeat { try readMember() } while try scanner.takes(",")
        }
        try scanner.expect("}")
        try records.end()
    }

    private mutating func readMember() throws {
        guard try scanner.takes("\"") else { throw try scanner.unexpected("a key in quotes") }
        _ = try scanner.readString()
        guard let key = RecordKey(scanner.text.bytes) else {
            let name = quoted(scanner.text.bytes)
            throw scanner.fault("no key is named \(name); \(RecordKey.list)")
        }
        let bit: UInt16 = if case .field(let field) = key { 1 << field.rawValue } else { 1 << 15 }
        guard keys & bit == 0 else { throw scanner.fault("\(key.name): a second time in one job") }
        keys |= bit
        try scanner.expect(":")
        try readValue(of: key)
    }

    private mutating func readValue(of key: RecordKey) throws {
        switch (key, try scanner.next()) {
        case (_, UInt8(ascii: "n")?): try readNull()
        case (.orderIDs, UInt8(ascii: "[")?): try readArray()
        case (.orderIDs, UInt8(ascii: "\"")?): try readList()
        case (.orderID, _): try readID()
        case (.orderIDs, _):
            throw try scanner.unexpected("an array, or a string with commas, of order ids")
        case (.field(let field), let byte):
            if field.isInteger {
                guard let byte, isNumber(byte) else {
                    throw try scanner.unexpected("a number without quotes as \(field.name)")
                }
                try readNumber()
            } else {
                guard try scanner.takes("\"") else {
                    throw try scanner.unexpected("a string as \(field.name)")
                }
                _ = try scanner.readString()
            }
            records.set(field, to: scanner.text.bytes, line: scanner.line)
        }
    }
}

// MARK: - Values

extension JSONReader {
    private mutating func readArray() throws {
        try scanner.expect("[")
        if try scanner.takes("]") { return }
        repeat { try readID() } while try scanner.takes(",")
        try scanner.expect("]")
    }

    private mutating func readList() throws {
        try scanner.expect("\"")
        var goesOn = true
        while goesOn {
            goesOn = try scanner.readString(part: true)
            try records.add(scanner.text.bytes, line: scanner.line)
        }
    }

    private mutating func readID() throws {
        if try scanner.takes("\"") {
            _ = try scanner.readString()
        } else if let byte = try scanner.next(), isNumber(byte) {
            try readNumber()
        } else {
            throw try scanner.unexpected("an order id, a string or an integer")
        }
        try records.add(scanner.text.bytes, line: scanner.line)
    }

    private mutating func readNumber() throws {
        try scanner.readWord()
        let digits = scanner.text.bytes.drop { $0 == UInt8(ascii: "-") }.prefix(2)
        guard digits.first == UInt8(ascii: "0"), digits.count == 2, digits.allSatisfy(isNumber)
        else { return }
        throw scanner.fault(
            "\(quoted(scanner.text.bytes)) is no number of JSON: it begins with 0; use quotes"
        )
    }

    private mutating func readNull() throws {
        try scanner.readWord()
        guard scanner.text.bytes == Array("null".utf8) else {
            throw scanner.fault("\(quoted(scanner.text.bytes)) is not JSON")
        }
    }

    private func isNumber(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
