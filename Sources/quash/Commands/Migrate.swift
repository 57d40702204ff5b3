import ArgumentParser
import CancelStore

/// Makes the database, or brings it up to this version.
struct Migrate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Makes the database, or brings its schema up to date.",
        discussion:
            "A file that is not a Quash database, or is of a newer version, is left as it is."
    )

    @OptionGroup var database: DatabaseOptions

    @Flag(name: .long, help: "Print the SQL instead; sqlite3 FILE < that makes the same file.")
    var print = false

    func run() throws {
        if print {
            // The shell goes on after an error unless told not to, and COMMIT would keep half of it.
            Terminal.print(".bail on\n" + Schema.script)
            return
        }
        let store = try CancelStore.migrate(database.path)
        Terminal.print("\(store.path): schema version \(Schema.version)")
        try store.close()
    }
}
