import TextTable

/// Rows under headings, as wide as their widest cell; numbers stand to the right.
struct Table: CustomStringConvertible {
    private let headings: [String]
    private let rows: [[String]]

    init(_ headings: [String], _ rows: [[String]]) {
        self.headings = headings
        self.rows = rows
    }

    var description: String {
        guard !rows.isEmpty else { return headings.joined(separator: "  ") + "\n(no rows)" }
        let isNumeric = headings.indices.map { column in
            // Order ids are digits too, but they are names: they stand to the left.
            rows.allSatisfy {
                $0[column].count < 16 && ($0[column].isEmpty || Double($0[column]) != nil)
            }
        }
        let table = TextTable<[String]> { row in
            headings.indices.map { column in
                Column(
                    title: headings[column],
                    value: row[column],
                    align: isNumeric[column] ? .right : .left
                )
            }
        }
        return table.string(for: rows) ?? ""
    }
}
