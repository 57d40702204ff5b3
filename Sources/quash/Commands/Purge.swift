import ArgumentParser
import CancelStore
import Cancels
import Foundation

/// Removes old history, once it is archived.
struct Purge: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Archives the whole file, then removes the jobs that were over before an instant.",
        discussion: """
            The history is cut in one place: every job before it is over, and everything that belongs to those jobs \
            goes with them. What keeps the cut from being later is named. First the whole file is copied, and the \
            copy compared with its seals; it is a Quash database that every command reads. Then one transaction \
            writes a sealed row of `purge` and deletes exactly its range; the chains go on from its heads.

              quash purge --before 90d --archive 2026-08.sqlite --dry-run
              quash purge --before 90d --archive 2026-08.sqlite --reason "quarterly" --by ann

            An order or a dedup_key of a purged job is unknown afterwards, as in a new file. Pages that become \
            free are used again; the file does not shrink.
            """
    )

    @OptionGroup var database: DatabaseOptions
    @OptionGroup var audit: ActOptions
    @Option(
        help: "What was settled before then goes: a span back from now (1d, 2h) or milliseconds."
    )
    var before: String
    @Option(help: "The file to archive to; it must not exist.")
    var archive: String

    func validate() throws {
        guard audit.dryRun || audit.reason != nil else {
            throw ValidationError("say why, for the audit: --reason")
        }
    }

    func run() throws {
        let machine = try Machine()
        let instant = try Instant.parse(before, before: machine.now().wall)
        let store = try CancelStore.open(database.path)
        // What is not sealed yet would hold the cut; any writer may seal.
        let cut = try store.rehearse { ledger in
            try ledger.seal(limit: .max)
            return try ledger.cut(before: instant)
        }
        guard !cut.isEmpty else {
            Terminal.print("nothing to purge" + (cut.hold.map { ": \($0)" } ?? ""))
            return
        }
        if audit.dryRun { return Terminal.print(Self.summary(cut, "would go")) }
        while try store.write({ try $0.seal(limit: Settings().seals) }) {}
        let order = PurgeOrder(
            before: instant,
            archive: archive,
            reason: audit.reason,
            by: audit.by ?? ProcessInfo.processInfo.userName
        )
        let archived = try store.archive(to: archive, before: instant)
        try store.write { try $0.purge(archived, order, now: machine.now()) }
        Terminal.print(Self.summary(archived, "archived to \(archive) and removed"))
    }

    private static func summary(_ cut: Cut, _ verb: String) -> String {
        let range = cut.range
        var text =
            "jobs up to \(range.job) with \(cut.cancels) rows of ids \(verb), with requests up to "
            + "\(range.request), answers up to \(range.answer) and events up to \(range.event)"
        if let hold = cut.hold { text += "\nwhat comes after stays: \(hold)" }
        return text
    }
}
