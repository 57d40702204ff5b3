import GRDB

/// What the store refuses or cannot do, as sentences for the person at the prompt.
package enum StoreError: Error, CustomStringConvertible {
    /// There is no file at the path.
    case missing(path: String)
    /// The file cannot be made.
    case unwritable(path: String, String)
    /// The file is not one of ours; nothing of it was changed.
    case foreign(path: String, why: String)
    /// The file was written by a newer version; nothing of it was changed.
    case newer(path: String, found: Int, known: Int)
    /// The file's schema is older than this program's.
    case older(path: String, found: Int, known: Int)
    /// A setting the promises rest on did not take.
    case setting(String, wanted: String, found: String)
    /// A row was refused by the database; its sentence.
    case refused(String)

    package var description: String {
        switch self {
        case .missing(let path):
            "there is no database at \(path); make one with: quash migrate --database \(path)"
        case .unwritable(let path, let why):
            "\(path) cannot be made: \(why)"
        case .foreign(let path, let why):
            "\(path) is not a Quash database (\(why)); it was left as it is. Choose another --database"
        case .newer(let path, let found, let known):
            "\(path) has schema version \(found), newer than the \(known) this quash knows; it was "
                + "left as it is. Use a newer quash"
        case .older(let path, let found, let known):
            "\(path) has schema version \(found), this quash needs \(known); bring it up to date with: "
                + "quash migrate --database \(path)"
        case .setting("journal_mode", _, let found):
            "the database is in journal mode \(found), as a copy made by VACUUM INTO is; bring it back to WAL "
                + "with: quash migrate"
        case .setting(let name, let wanted, let found):
            "SQLite kept \(name) at \(found) where \(wanted) was set; the promises of Quash rest on it"
        case .refused(let sentence):
            sentence
        }
    }
}

/// Why an access to the database did not come through, as far as the caller must tell them apart.
package enum StoreFailure: CustomStringConvertible {
    /// Another connection held the write lock for the whole of our patience.
    case locked
    /// The schema refused what we wrote: a fault of ours, or a file that was changed behind the triggers.
    case contradiction(String)
    /// The disk or the file failed: fail-stop, since not even a COMMIT can be trusted.
    case broken(String)

    /// Sorts an error of the store; nil for one that is not SQLite's own failure.
    package init?(_ error: any Error) {
        guard let error = error as? DatabaseError else { return nil }
        switch error.resultCode {
        case .SQLITE_BUSY: self = .locked
        case .SQLITE_CONSTRAINT: self = .contradiction(error.message ?? "a constraint")
        default: self = .broken(error.message ?? "\(error.resultCode)")
        }
    }

    package var description: String {
        switch self {
        case .locked:
            "another program has been writing to the database for half a minute; look for a shell or a "
                + "tool with a transaction left open (BEGIN without COMMIT), end it, and run this again"
        case .contradiction(let words):
            "the database refuses what quash wrote: \"\(words)\". Either the file was changed by hand, or "
                + "this is a fault of quash; SELECT * FROM v_violation may tell"
        case .broken(let words):
            "the database or its disk failed, and nothing more is sent: SQLite says \"\(words)\". Free "
                + "space or mend the disk, then run again; what was sent is on record"
        }
    }
}
