import ArgumentParser
import Foundation
import Sandbox
import ServiceLifecycle
import UnixSignals

/// Runs the practice exchange as a server.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Runs a strict practice exchange on this machine.",
        discussion: """
            It verifies signatures, counts arrivals in a sliding second and refuses the sixth, and knows only the \
            orders it is given: by --orders, or by POST /sandbox/orders. What goes wrong is asked for with \
            --faults, a JSON file such as

              {"latency_ms": {"min": 5, "max": 40}, "chances": {"drop_after": 0.1, "html_after": 0.05}}

            Other keys: "script" (one fault after another), "reads" (the same for the two lists), "order_err_codes", \
            "poison_ids", "poison_contracts", "settling", "accounts" ({"main": {"err_code": 1510}}), \
            "in_progress_ids", "fire_first_ids", "accepted_then_fires", "accepted_stays_open", "absent_ids", \
            "list_delay_ms", "outage" (maintain, refuse, errors, errors_green, silent) with "outage_ms", \
            "clock_offset_ms", "foreign_per_second", "announced_limit". Beside "min" and "max", "latency_ms" takes \
            "jitter", "spike_chance", "spike_min" and "spike_max". While it runs they are replaced by \
            PUT /sandbox/faults; POST /sandbox/orders, fire, fail and accounts/NAME/keys change the rest, and \
            GET /sandbox/orders, arrivals and summary tell the truth.

            It prints the lines to set in the shell that runs `quash run`. The keys are good for nothing else.
            """
    )

    @Option(help: "The port; 0 takes any that is free.")
    var port = 8600

    @Option(name: .customLong("account"), help: "An account; repeatable. [default: main, desk2]")
    var accounts: [String] = []

    @Option(name: .customLong("orders"), help: "A job file whose ids are open orders; repeatable.")
    var orderFiles: [String] = []

    @Option(help: "Milliseconds that a request and its answer travel, as MIN-MAX.")
    var latency = "0-0"

    @Option(help: "A JSON file of faults.")
    var faults: String?

    @Option(help: "The seed of all its dice.")
    var seed: UInt64 = 1

    func run() async throws {
        let names = accounts.isEmpty ? ["main", "desk2"] : accounts
        let exchange = try Exchange(
            settings: .init(accounts: names.map(PracticeKeys.account), seed: seed),
            now: Moment.ofThisMachine
        )
        for file in orderFiles { try exchange.seed(from: try JobFile(path: file).check()) }
        try exchange.inject(try readFaults())
        let server = try SandboxServer(exchange: exchange, settings: .init(port: port))
        try await withThrowingTaskGroup { group in
            group.addTask {
                try await ServiceGroup(
                    configuration: .init(
                        services: [.init(service: server)],
                        gracefulShutdownSignals: [.sigterm, .sigint],
                        logger: Log.make()
                    )
                ).run()
            }
            let url = try await address(of: server)
            Terminal.print("export QUASH_EXCHANGE=\(url)")
            for name in names { Terminal.print(PracticeKeys.exports(for: name)) }
            Terminal.say("the practice exchange listens on \(url); Ctrl-C ends it")
            try await group.waitForAll()
        }
    }

    private func address(of server: SandboxServer) async throws -> String {
        do {
            return try await server.listening.url
        } catch {
            throw Refusal(
                "the practice exchange cannot listen on port \(port): \(error). Choose another --port"
            )
        }
    }

    private func readFaults() throws -> Faults {
        var found = Faults()
        if let faults {
            guard let data = FileManager.default.contents(atPath: faults) else {
                throw Refusal("\(faults) cannot be read")
            }
            do {
                found = try JSONDecoder().decode(Faults.self, from: data)
            } catch {
                throw Refusal("\(faults) is not a file of faults: \(error)")
            }
        }
        let bounds = latency.split(separator: "-").compactMap { Double($0) }
        guard bounds.count == 2 else {
            throw Refusal("--latency is MIN-MAX in milliseconds, such as 5-40, not \"\(latency)\"")
        }
        if latency != "0-0" { found.latencyMs = .init(min: bounds[0], max: bounds[1]) }
        return found
    }
}
