import Foundation
import Glibc
import Subprocess
import SystemPackage
import TestSupport

/// A program that a test starts as a process of its own: the built `quash`, or another tool.
///
/// Standard output and standard error go to files, so that a test may look at them while the process
/// runs. However a call ends, the process has ended before it.
struct Program: Sendable {
    /// Whether it is on this machine.
    let isInstalled: Bool
    private let executable: Executable

    /// The binary under test: the one QUASH_BINARY names, else the one built beside these tests.
    static let quash = Program(
        at: ProcessInfo.processInfo.environment["QUASH_BINARY"] ?? "\(ownFolder)/quash"
    )
    /// Python, whose `sqlite3` is a tool that knows nothing of Quash.
    static let python = Program(named: "python3")
    /// The shell that comes with SQLite.
    static let shell = Program(named: "sqlite3")

    private init(at path: String) {
        executable = .path(FilePath(path))
        isInstalled = access(path, X_OK) == 0
    }

    private init(named name: String) {
        let folders = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let paths = folders.split(separator: ":").map { "\($0)/\(name)" }
        self.init(at: paths.first { access($0, X_OK) == 0 } ?? name)
    }

    /// Where the running test bundle lies, links resolved.
    private static var ownFolder: String {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            .deletingLastPathComponent().path
    }

    /// Runs it to its end.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments.
    ///   - folder: Where its input and output are kept.
    ///   - settings: What is set beside what any program needs; nothing of the caller's own settings
    ///     reaches it.
    ///   - input: What it reads from standard input.
    ///   - limit: After how long it counts as hung and is killed, from the end of `body`: three minutes, for
    ///     what is in no list of the exchange takes one by design, and the machine may be busy.
    ///   - body: What to do while it runs.
    /// - Returns: How it ended, and what it wrote.
    /// - Throws: What `body` throws, or `StageFailure`; the process is killed then.
    func run(
        _ arguments: [String],
        in folder: TemporaryFolder,
        environment settings: [String: String] = [:],
        input: String = "",
        limit: Duration = .seconds(180),
        while body: (Running) async throws -> Void = { _ in }
    ) async throws -> Ended {
        let files = OutputFiles(in: folder)
        try Data(input.utf8).write(to: URL(fileURLWithPath: files.input))
        // Where `body` throws, the process is killed before that is thrown on.
        let result = try await Subprocess.run(
            executable,
            arguments: Arguments(arguments),
            environment: Self.environment(settings),
            input: try files.source(files.input),
            output: try files.sink(files.output),
            error: try files.sink(files.errors)
        ) { execution in
            let running = Running(pid: execution.processIdentifier.value, files: files)
            try await body(running)
            try await eventually("\(arguments.first ?? "the process") ends", within: limit) {
                running.hasExited
            } seen: {
                running.told
            }
        }
        return Ended(result.terminationStatus, files)
    }

    private static func environment(_ settings: [String: String]) -> Environment {
        let kept = ProcessInfo.processInfo.environment.filter {
            ["PATH", "HOME", "LANG", "TMPDIR"].contains($0.key)
        }
        let all = kept.merging(settings) { _, given in given }.map {
            (Environment.Key(stringLiteral: $0.key), $0.value)
        }
        return .custom(Dictionary(uniqueKeysWithValues: all))
    }
}

/// A process while it runs.
struct Running: Sendable {
    /// Its number.
    let pid: pid_t
    fileprivate let files: OutputFiles

    /// Sends it a signal; after its end, none.
    ///
    /// Its number cannot be another's yet: nobody reaps it before its test is done with it.
    func send(_ signal: Int32) { kill(pid, signal) }

    /// Whether it has ended.
    var hasExited: Bool {
        var info = siginfo_t()
        let found = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return found == 0 && info.si_signo != 0
    }

    /// What it has written to standard output.
    var output: String { files.text(files.output) }
    /// All it has written.
    var told: String { files.told }
}

/// A process that has ended.
struct Ended: Sendable {
    /// Its exit status, or the number of the signal that ended it, negative.
    let status: Int32
    /// What it wrote to standard output.
    let output: String
    /// What it wrote to standard error.
    let errors: String

    fileprivate init(_ termination: TerminationStatus, _ files: OutputFiles) {
        status =
            switch termination {
            case .exited(let code): code
            case .signaled(let signal): -signal
            }
        output = files.text(files.output)
        errors = files.text(files.errors)
    }
}

/// Where one process reads and writes.
private struct OutputFiles: Sendable {
    let input: String
    let output: String
    let errors: String

    init(in folder: TemporaryFolder) {
        let name = UUID().uuidString
        input = folder.file("\(name).in")
        output = folder.file("\(name).out")
        errors = folder.file("\(name).err")
    }

    func source(_ path: String) throws -> FileDescriptorInput {
        .fileDescriptor(
            try .open(path, .readOnly, options: .closeOnExec),
            closeAfterSpawningProcess: true
        )
    }

    func sink(_ path: String) throws -> FileDescriptorOutput {
        .fileDescriptor(
            try .open(
                path,
                .writeOnly,
                options: [.create, .append, .closeOnExec],
                permissions: .ownerReadWrite
            ),
            closeAfterSpawningProcess: true
        )
    }

    func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    var told: String { "standard output:\n\(text(output))\nstandard error:\n\(text(errors))" }
}
