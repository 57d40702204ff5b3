import ArgumentParser
import Cancels
import CancelStore
import Foundation

/// Queues cancel jobs from files, standard input, or ids on the command line: all of it, or nothing.
struct Enqueue: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Queues cancel jobs: all that is given, or nothing.",
        discussion: """
            Each argument is a file (JSON, JSON lines, CSV or a plain list of ids), - for standard input, or, \
            with --contract or --pair, an order id. Everything is checked first and then goes in as one \
            transaction; what is refused is said with file, line, id and reason. Job ids go to standard \
            output, one a line.

              quash enqueue jobs/btc.json jobs/export.csv
              quash enqueue --contract BTC-USDT 826053970168446976 826052906719444993
              cut -d, -f3 orders.csv | quash enqueue --contract ETH-USDT -

            What the options say fills in what a file does not.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var job: JobOptions

    @Option(
        name: .long,
        help: "The format of the files: json, jsonl, csv or list. [default: by name]"
    )
    var format: JobFileFormat?

    @Flag(name: .long, help: "Queue nothing; print what it would take.")
    var dryRun = false

    @Argument(
        help: ArgumentHelp("Files, - for standard input, or order ids.", valueName: "file-or-id")
    )
    var arguments: [String]

    func run() throws {
        let defaults = try job.fields()
        let input = try EnqueueInput(arguments, defaults: defaults, format: format)
        defer { input.removeSpool() }
        if dryRun {
            Terminal.print(input.plan(settings: Settings()))
            return
        }
        let store = try CancelStore.open(database.path, statements: .small)
        let ids = try store.write { try input.queue(in: $0) }
        for id in ids { Terminal.print("\(id)") }
        Terminal.say("queued \(input.idCount) ids in \(ids.count) job\(ids.count == 1 ? "" : "s")")
    }
}

extension JobFileFormat: ExpressibleByArgument {}

/// The fields of a job, as options.
struct JobOptions: ParsableArguments {
    @Option(help: "The account. [default: main]")
    var account: String?
    @Option(help: "The contract, such as BTC-USDT or BTC-USDT-261225.")
    var contract: String?
    @Option(help: "A pair, such as BTC-USDT, with --contract-type.")
    var pair: String?
    @Option(help: "swap, this_week, next_week, quarter or next_quarter.")
    var contractType: String?
    @Option(help: "Higher goes first. [default: 0]")
    var priority: String?
    @Option(
        name: .customLong("not-before-ms"),
        help: "Do not send earlier; milliseconds since 1970 UTC."
    )
    var notBefore: String?
    @Option(name: .customLong("not-after-ms"), help: "Do not send later; then the ids are expired.")
    var notAfter: String?
    @Option(help: "Refuse this job if one with the same key was ever queued.")
    var dedupKey: String?
    @Option(help: "Who queues it, for the audit.")
    var queuedBy: String?
    @Option(help: "Free text, for the audit.")
    var note: String?

    /// What was given, checked field by field.
    func fields() throws -> JobFields {
        var fields = JobFields()
        let given: [(JobKey, String?)] = [
            (.account, account), (.contractCode, contract), (.pair, pair),
            (.contractType, contractType), (.priority, priority), (.notBeforeMs, notBefore),
            (.notAfterMs, notAfter), (.dedupKey, dedupKey), (.queuedBy, queuedBy), (.note, note),
        ]
        for case (let key, let text?) in given { try fields.set(key, to: text) }
        return fields
    }
}
