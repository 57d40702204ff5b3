import ArgumentParser
import CancelRunner
import Cancels
import CancelStore
import Foundation
import HTX
import Sandbox

/// Runs the main job on the practice exchange: nothing to set up, and no network but loopback.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Cancels some 1,300 practice orders before your eyes; nothing to set up.",
        discussion: """
            Starts a practice exchange in the process, queues the files of a folder, lets another tool queue more \
            by plain SQL while the runner runs, and shows what became of each job and the proof of the limit. \
            The database is kept, so that you can ask it more.
            """
    )

    @Option(help: "The folder of job files.")
    var jobs = "jobs"

    @Option(help: "Where to make the database. [default: a new folder in the temporary folder]")
    var database: String?

    func run() async throws {
        let logger = Log.make()
        let path = try database ?? Self.newPath()
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Refusal("\(path) exists; the demo makes a database of its own")
        }
        let store = try CancelStore.migrate(path)
        try store.write { try $0.addAccount("desk2") }
        let scene = try DemoScene(store: store, folder: jobs)
        try scene.queueFiles()
        let server = try SandboxServer(exchange: scene.exchange)
        let serving = Task { try await server.run() }
        // A task of its own, ended on every path below: the server outlives the runner's service group.
        defer { serving.cancel() }
        let url = try await server.listening.url
        let engine = try Engine(
            store: store,
            credentials: scene.credentials,
            exchanges: [try ExchangeURL(url)],
            settings: Settings(),
            mode: .drain(wait: .seconds(5)),
            logger: logger
        )
        let view = ProgressView(
            store: try CancelStore.openReadOnly(path),
            settings: engine.settings,
            accounts: engine.accounts
        )
        Terminal.say("practice exchange on \(url), 5 to 40 ms away; database \(path)")
        async let other: Void = scene.queueFromAnotherTool()
        try await engine.run(beside: [view], logger: logger)
        try await other
        try scene.show()
    }

    private static func newPath() throws -> String {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("quash-demo-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o700]
        )
        return folder.appendingPathComponent("demo.sqlite").path
    }
}
