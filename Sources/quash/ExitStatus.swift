import CancelStore
import Cancels

/// What the exit status says; the numbers of design and README.
enum ExitStatus: Int32 {
    /// Every id is cancelled.
    case done = 0
    /// The history is not as it was written.
    case tampered = 1
    /// Something is rejected, failed or expired: a person should look.
    case failures = 3
    /// Something is pending or unresolved: run again later.
    case unfinished = 4
    /// Wrong usage, or input that was refused (`EX_USAGE`).
    case usage = 64
    /// The database or the disk failed (`EX_IOERR`).
    case storage = 74
    /// The database stayed locked (`EX_TEMPFAIL`).
    case locked = 75

    /// The status for an error; nil for one the argument parser knows better.
    init?(of error: any Error) {
        switch error {
        case is StoreError, is JobFileError, is JobFieldFault, is Refusal: self = .usage
        default:
            switch StoreFailure(error) {
            case .locked: self = .locked
            case .broken, .contradiction: self = .storage
            case nil: return nil
            }
        }
    }

    /// The status of all the work in a file.
    init(_ tally: Tally) {
        if tally.open + tally[.unresolved] > 0 {
            self = .unfinished
        } else if tally[.rejected] + tally[.failed] + tally[.expired] > 0 {
            self = .failures
        } else {
            self = .done
        }
    }
}

/// Something this program will not do as it was asked; a sentence for the person who asked.
struct Refusal: Error, CustomStringConvertible {
    let description: String

    init(_ sentence: String) { description = sentence }
}
