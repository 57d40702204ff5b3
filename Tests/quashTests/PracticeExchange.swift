import Foundation
import Glibc
import TestSupport

/// The practice exchange as a process of its own, `quash sandbox`, seen through its admin calls.
struct PracticeExchange: Sendable {
    /// What it prints for the shell of a runner: its address, and the keys of its accounts.
    let environment: [String: String]
    private let admin: Loopback

    /// Reads the lines it prints; nil until all are there.
    private init?(printed: String, accounts: Int) {
        let words = printed.split(whereSeparator: \.isWhitespace).filter { $0 != "export" }
        let pairs = words.map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
        guard printed.hasSuffix("\n"), pairs.count == 1 + 2 * accounts,
            pairs.allSatisfy({ $0.count == 2 })
        else { return nil }
        environment = Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
        guard
            let port = environment["QUASH_EXCHANGE"]?.split(separator: ":").last.flatMap({
                UInt16($0)
            })
        else { return nil }
        admin = Loopback(port: port)
    }

    /// Runs one for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - bench: Whose folder it writes to.
    ///   - accounts: Its accounts.
    ///   - faults: What goes wrong, as the JSON that `--faults` takes.
    ///   - body: What to do with it.
    /// - Throws: What `body` throws, or `StageFailure` where it does not come to listen.
    static func serve(
        _ bench: Workbench,
        accounts: [String] = ["main"],
        faults: String = "{}",
        _ body: (PracticeExchange) async throws -> Void
    ) async throws {
        let file = bench.folder.file("faults.json")
        try Data(faults.utf8).write(to: URL(fileURLWithPath: file))
        let options = accounts.flatMap { ["--account", $0] }
        _ = try await Program.quash.run(
            ["sandbox", "--port", "0", "--faults", file] + options,
            in: bench.folder
        ) { running in
            var exchange: PracticeExchange?
            try await eventually("the practice exchange listens") {
                exchange = PracticeExchange(printed: running.output, accounts: accounts.count)
                return exchange != nil
            } seen: {
                running.told
            }
            if let exchange { try await body(exchange) }
            // It has nothing to lose, and a runner that was killed may have left it a request to hang on.
            running.send(SIGKILL)
        }
    }

    // MARK: Setting the stage

    /// Places open orders, some time ago where that matters, and gives their ids.
    func seed(
        _ count: Int,
        of contract: String,
        account: String = "main",
        ageMs: Int = 0
    ) throws -> [String] {
        struct Answer: Decodable { let order_ids: [String] }
        let answer: Answer = try call(
            "POST",
            "orders",
            """
            {"account": "\(account)", "contract_code": "\(contract)", "count": \(count),
             "age_ms": \(ageMs)}
            """
        )
        return answer.order_ids
    }

    /// Opens an account with keys that are like no others.
    func open(_ account: String, accessKey: String, secretKey: String) throws {
        struct Answer: Decodable { let name: String }
        let _: Answer = try call(
            "POST",
            "accounts",
            #"{"name": "\#(account)", "access_key": "\#(accessKey)", "secret_key": "\#(secretKey)"}"#
        )
    }

    /// Replaces the keys of an account; those before are then nobody's.
    func replaceKeys(of account: String, accessKey: String, secretKey: String) throws {
        struct Answer: Decodable {}
        let _: Answer = try call(
            "POST",
            "accounts/\(account)/keys",
            #"{"access_key": "\#(accessKey)", "secret_key": "\#(secretKey)"}"#
        )
    }

    /// Lets open orders fail: they fired, and their child orders were refused.
    func fail(_ ids: [String]) throws {
        struct Answer: Decodable {}
        let _: Answer = try call("POST", "fail", #"{"order_ids": \#(ids)}"#)
    }

    /// Replaces the faults.
    func inject(_ faults: String) throws {
        struct Answer: Decodable {}
        let _: Answer = try call("PUT", "faults", faults)
    }

    // MARK: Looking behind it

    /// One request as it arrived.
    struct Arrival: Decodable {
        let boot_ns: Int64
        let account: String?
        let signed: Bool
        let refused_for_rate: Bool
        let order_id: String?
        let endpoint: String
        let fault: String
        let processed: Bool
        let cancelled: Int
        let err_code: Int?

        /// The ids it names.
        var ids: [String] { order_id?.split(separator: ",").map(String.init) ?? [] }
    }

    /// Every cancel request so far.
    func arrivals() throws -> [Arrival] { try arrivals(at: ["cancel"]) }

    /// Every request for a page of a list so far.
    func lookups() throws -> [Arrival] { try arrivals(at: ["open_orders", "order_history"]) }

    private func arrivals(at endpoints: [String]) throws -> [Arrival] {
        struct Answer: Decodable { let arrivals: [Arrival] }
        let answer: Answer = try call("GET", "arrivals")
        return answer.arrivals.filter { endpoints.contains($0.endpoint) }
    }

    /// The ids of the orders that are in a state.
    func orders(_ state: String) throws -> Set<String> {
        struct Answer: Decodable {
            struct Order: Decodable { let order_id: String }
            let orders: [Order]
        }
        let answer: Answer = try call("GET", "orders?state=\(state)")
        return Set(answer.orders.map(\.order_id))
    }

    /// Its own count of the most arrivals of an account within any second, and of its refusals.
    func rate(of account: String = "main") throws -> (busiest: Int, refused: Int) {
        struct Answer: Decodable {
            struct Account: Decodable {
                let busiest_window: Int
                let refused_for_rate: Int
            }
            let accounts: [String: Account]
        }
        let answer: Answer = try call("GET", "summary")
        let found = answer.accounts[account]
        return (found?.busiest_window ?? 0, found?.refused_for_rate ?? 0)
    }

    private func call<Answer: Decodable>(
        _ method: String,
        _ name: String,
        _ body: String = ""
    ) throws -> Answer {
        let data = try admin.call(method, "/sandbox/\(name)", body: Data(body.utf8))
        return try JSONDecoder().decode(Answer.self, from: data)
    }
}

extension [PracticeExchange.Arrival] {
    /// The most that came within any half-open second, counted here once more.
    var mostInAnySecond: Int {
        let times = map(\.boot_ns).sorted()
        var first = 0
        var most = 0
        for (index, time) in times.enumerated() {
            while time - times[first] >= 1_000_000_000 { first += 1 }
            most = Swift.max(most, index - first + 1)
        }
        return most
    }
}
