import Glibc

/// The schema as it lies in the project.
enum Migrations {
    /// The migrations in order; `run` names their folder.
    static func inOrder() -> [String] {
        guard let folder = getenv("QUASH_FUZZ_MIGRATIONS").map({ String(cString: $0) }),
            let directory = opendir(folder)
        else { fatalError("QUASH_FUZZ_MIGRATIONS does not name the folder of the migrations") }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.hasPrefix("v"), name.hasSuffix(".sql") { names.append(name) }
        }
        require(!names.isEmpty, "\(folder) holds no migration")
        return names.sorted().map { text(of: "\(folder)/\($0)") }
    }

    private static func text(of path: String) -> String {
        guard let file = fopen(path, "r") else { fatalError("\(path) cannot be read") }
        defer { fclose(file) }
        var text: Bytes = []
        while case let byte = getc(file), byte != EOF { text.append(UInt8(byte)) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What stands in `RAISE(ABORT, '…')`, of jobs and cancels.
    static func sentences(in sql: String) -> Set<String> {
        var sentences: Set<String> = []
        for raise in sql.split(separator: "RAISE(ABORT, '").dropFirst() {
            guard let end = raise.firstRange(of: "')") else { continue }
            let sentence = raise[..<end.lowerBound].replacing("''", with: "'")
            if sentence.hasPrefix("job: ") || sentence.hasPrefix("cancel: ") {
                sentences.insert(String(sentence))
            }
        }
        require(sentences.count > 10, "the migrations hold no sentences")
        return sentences
    }
}
