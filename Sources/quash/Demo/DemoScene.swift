import Cancels
import CancelStore
import Foundation
import HTX
import Sandbox

/// What the demo plays with: the practice exchange, what is queued on it, and what is shown of it.
struct DemoScene {
    let exchange: Exchange
    let store: CancelStore
    private let files: EnqueueInput
    private let urgent: [String]
    private let late: [String]

    /// Both accounts' keys.
    let credentials = [
        "main": PracticeKeys.credentials(for: "main"),
        "desk2": PracticeKeys.credentials(for: "desk2"),
    ]

    /// Makes open orders of the ids in a folder of job files; every 60th stays unknown to the exchange, as an
    /// id with a typing error would.
    init(store: CancelStore, folder: String) throws {
        self.store = store
        exchange = try Exchange(
            settings: .init(
                accounts: ["main", "desk2"].map(PracticeKeys.account),
                faults: Faults(latencyMs: .init(min: 5, max: 40)),
                seed: 1
            ),
            now: Moment.ofThisMachine
        )
        var defaults = JobFields()
        try defaults.set(.contractCode, to: "BTC-USDT")
        try defaults.set(.queuedBy, to: "quash demo")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw Refusal(
                "there is no folder \(folder); run the demo in the checkout, or give --jobs"
            )
        }
        let paths = names.sorted().map { "\(folder)/\($0)" }
        for path in paths {
            try exchange.seed(
                from: try JobFile(path: path, defaults: defaults).check(),
                leavingOut: 60
            )
        }
        files = try EnqueueInput(paths, defaults: defaults, format: nil)
        let contract = try ContractSelector.code("BTC-USDT").practice
        late = try exchange.seed(count: 240, account: "main", on: contract)
        urgent = try exchange.seed(count: 20, account: "desk2", on: contract)
    }

    /// Queues the files, as `quash enqueue jobs/*` does.
    func queueFiles() throws {
        let jobs = try store.write { try files.queue(in: $0) }
        Terminal.say("queued \(files.idCount) ids from jobs/ in \(jobs.count) jobs")
    }

    /// Lets another tool queue more while the runner runs: good jobs, an urgent one, and one that the
    /// database refuses.
    func queueFromAnotherTool() async throws {
        try await Task.sleep(for: .seconds(2))
        guard let tool = await OtherTool.installed() else {
            return Terminal.say(
                "\nneither sqlite3 nor python3 is installed, so no other tool queues"
            )
        }
        var sql = ""
        for start in stride(from: 0, to: late.count, by: 60) {
            let ids = late[start..<start + 60].joined(separator: ",")
            sql +=
                "INSERT INTO job (contract_code, order_ids, queued_by) "
                + "VALUES ('BTC-USDT', '\(ids)', '\(tool.rawValue)');\n"
        }
        sql +=
            "INSERT INTO job (account, contract_code, order_ids, priority, queued_by, note) "
            + "VALUES ('desk2', 'BTC-USDT', '\(urgent.joined(separator: ","))', 9, '\(tool.rawValue)', 'urgent');"
        _ = try await tool.run(sql, on: store.path)
        Terminal.say(
            "\n\(tool.rawValue) queued \(late.count + urgent.count) more ids by plain SQL, 20 of them urgent"
        )
        let refused = "INSERT INTO job (contract_code, order_ids) VALUES ('BTC-USDT', '123,45x')"
        Terminal.say("\(tool.rawValue)> \(refused)\n\(try await tool.run(refused, on: store.path))")
    }
}
