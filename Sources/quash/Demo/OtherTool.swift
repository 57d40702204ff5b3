import Subprocess

/// Another tool, which knows nothing of Quash but its tables: the `sqlite3` shell, or Python.
enum OtherTool: String, CaseIterable {
    case sqlite3
    case python3

    /// The first that is installed.
    static func installed() async -> OtherTool? {
        for tool in allCases {
            let found = try? await Subprocess.run(
                .name(tool.rawValue),
                arguments: ["--version"],
                output: .discarded,
                error: .discarded
            )
            if found?.terminationStatus.isSuccess == true { return tool }
        }
        return nil
    }

    /// Runs SQL against a file in a process of its own; gives what it printed, errors included.
    func run(_ sql: String, on path: String) async throws -> String {
        let arguments: Arguments =
            switch self {
            case .sqlite3: ["-cmd", ".timeout 10000", path, sql]
            case .python3: ["-c", Self.script, path, sql]
            }
        let result = try await Subprocess.run(
            .name(rawValue),
            arguments: arguments,
            output: .string(limit: 100_000),
            error: .string(limit: 100_000)
        )
        return (result.standardOutput + result.standardError)
            .split(separator: "\n").joined(separator: "\n")
    }

    private static let script = """
        import sqlite3, sys
        db = sqlite3.connect(sys.argv[1], timeout=10)
        try:
            db.executescript(sys.argv[2])
        except sqlite3.Error as error:
            print("Error:", error)
        """
}
