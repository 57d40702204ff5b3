/// Reads CSV (RFC 4180): quoted cells, doubled quotes, line feeds with or without carriage return.
///
///     contract_code,order_id
///     BTC-USDT,826053970168446976
///
/// The first row names the columns, in any order; `order_id` must be among them, and an empty cell
/// says nothing. A first row of one cell that begins with a digit is no header but the first id of
/// a plain list, whose job is what the command line says. Empty lines do not count.
struct CSVReader {
    /// What was read.
    private(set) var records: JobRecords
    private var bytes: ByteReader
    private var columns: [RecordKey]
    private var text = Text()
    /// The id of the present row: it waits until the row is known to be whole.
    private var id = Text()
    private var idLine = 0

    /// Reads rows of these columns; none means that the file names them.
    init(_ bytes: ByteReader, columns: [RecordKey] = [], into records: JobRecords) {
        self.bytes = bytes
        self.columns = columns
        self.records = records
    }

    /// Reads the whole file.
    mutating func read() throws {
        do {
            if columns.isEmpty, try skipsToRow() { try readHeader() }
            while try skipsToRow() { try readRow() }
        } catch let fault as JobFileError.Fault {
            try records.note(fault)
        }
    }

    private mutating func readHeader() throws {
        let line = bytes.line
        var goesOn = true
        while goesOn {
            goesOn = try readCell()
            if columns.isEmpty, !goesOn, isDigit(text.bytes.first) {
                columns = [.orderID]
                records.begin(line: line)
                try records.add(text.bytes, line: line)
                return try records.end()
            }
            guard let column = RecordKey(text.bytes), column != .orderIDs else {
                throw fault("no column is named \(quoted(text.bytes)); \(RecordKey.list)", line)
            }
            guard !columns.contains(column) else {
                throw fault("column \(column.name) stands there twice", line)
            }
            columns.append(column)
        }
        guard columns.contains(.orderID) else { throw fault("no column is named order_id", line) }
    }

    private mutating func readRow() throws {
        let line = bytes.line
        records.begin(line: line)
        var count = 0
        var goesOn = true
        while goesOn {
            let cellLine = bytes.line
            goesOn = try readCell()
            if count < columns.count { take(columns[count], line: cellLine) }
            count += 1
        }
        guard count == columns.count else {
            let cells = count == 1 ? "1 cell" : "\(count) cells"
            return try records.note(fault("\(cells) in a row of \(columns.count) columns", line))
        }
        try records.add(id.bytes, line: idLine)
        try records.end()
    }

    private mutating func take(_ column: RecordKey, line: Int) {
        if case .field(let key) = column {
            if !text.bytes.isEmpty { records.set(key, to: text.bytes, line: line) }
        } else {
            swap(&id, &text)
            idLine = line
        }
    }

    private func fault(_ message: String, _ line: Int) -> JobFileError.Fault {
        JobFileError.Fault(line: line, message: message)
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte ?? 0)
    }
}

// MARK: - Cells

extension CSVReader {
    /// Steps over empty lines; false at the end of the file.
    private mutating func skipsToRow() throws -> Bool {
        while let byte = try bytes.peek() {
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { return true }
            bytes.skip()
        }
        return false
    }

    /// Reads a cell and the mark behind it into `text`; tells whether the row goes on.
    private mutating func readCell() throws -> Bool {
        text.clear()
        if try bytes.peek() == UInt8(ascii: "\"") {
            try readQuoted()
        } else {
            try readBare()
        }
        switch try bytes.peek() {
        case UInt8(ascii: ",")?:
            bytes.skip()
            return true
        case UInt8(ascii: "\r")?:
            bytes.skip()
            guard let byte = try bytes.peek() else { return false }
            guard byte == UInt8(ascii: "\n") else {
                throw fault("a carriage return without a line feed", bytes.line)
            }
            bytes.skip()
        case UInt8(ascii: "\n")?: bytes.skip()
        case nil: break
        default: throw fault("text behind the closing quote of a cell", bytes.line)
        }
        return false
    }

    private mutating func readBare() throws {
        let stop = try bytes.move(into: &text) { byte in
            byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        guard stop == UInt8(ascii: "\"") else { return }
        throw fault("a quote inside a cell; quote the whole cell and double it", bytes.line)
    }

    private mutating func readQuoted() throws {
        let line = bytes.line
        bytes.skip()
        while let byte = try bytes.peek() {
            bytes.skip()
            if byte == UInt8(ascii: "\"") {
                guard try bytes.peek() == byte else { return }
                bytes.skip()
            }
            text.append(byte)
        }
        throw fault("a quote opens here and is never closed", line)
    }
}
