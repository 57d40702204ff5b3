package import Cancels
import GRDB

/// One reading of the exchange's two lists of a target, page after page; a row of `scan`.
package struct Scan: Hashable, Sendable {
    /// What it is for; the text of `scan.purpose`.
    package enum Purpose: String, Sendable {
        /// To settle unresolved ids; any runner goes on with it.
        case unresolved
        /// To compare what is recorded with what the exchange says; its own process alone goes on with it.
        case reconcile
    }

    /// How it ended; the text of `scan.ended`.
    package enum End: String, Sendable {
        /// Both lists were read to the end, or everything was found before.
        case complete
        /// A page could not be had; nothing is said of the members that were not found.
        case givenUp = "given_up"
    }

    package let id: Int64
    package let targetID: Int64
    package let purpose: Purpose
    /// The list and page to ask for next.
    package var list: OrderList
    package var page: Int
    /// Not before this instant.
    package var due: BootTime
    /// Troubles in a row with that page.
    package var troubles: Int
    /// How many orders the open list had when its first page was read.
    package var openOrders: Int?
    /// Whether the open list shrank while it was read, so that an order may have slipped through.
    package var shrank: Bool
    /// Whether a request for that page is under way.
    package let isInFlight: Bool
}

/// A cancel that a scan looks for.
package struct ScanMember: Hashable, Sendable {
    package let cancelID: Int64
    package let jobID: Int64
    package let orderID: OrderID
    package let state: CancelState
    package let reason: CancelClass?
    package let attempts: Int
    package let notAfter: WallTime?
    /// The event of a withdrawal that waits for the verdict.
    package let withdrawEvent: Int64?
}

/// A target with unresolved ids.
package struct WantedLookup: Hashable, Sendable {
    package let targetID: Int64
    package let due: BootTime
    /// Scans in a row that settled nothing.
    package let fruitless: Int

    init(_ row: FoundRow) {
        targetID = row["target_id"]
        due = BootTime(nanoseconds: row["due_ns"])
        fruitless = row["fruitless"]
    }
}
