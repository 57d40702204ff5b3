import CancelRunner
import CancelStore
import Cancels

/// One runner process: what the loop around the turn holds between two turns, and nothing else.
final class Process {
    /// Its pid.
    let pid: Int64
    /// Its row of `runner`.
    let runner: Int64
    /// Its connection; another one after a failed COMMIT.
    var store: CancelStore
    /// Answers that have come in and are not recorded.
    var unrecorded: [Answer] = []
    /// Requests that were handed over and whose answers are not recorded.
    var handedOver: Set<Int64> = []
    /// Whether a COMMIT failed, so that the file may hold more than it knows of.
    var isInDoubt = false
    /// How far ahead it grants tokens.
    let lead: Lead
    /// Whether it was told to stop.
    var isDraining = false
    var isAlive = true
    /// Until when it is in a COMMIT, or was stopped by a signal; on the world's clock.
    var busyUntil: Int64 = 0
    /// What its next turn may pass over.
    var agenda = Agenda()
    /// The state of the file and of the world that `agenda` rests on.
    var seen: (version: Int?, isOpen: Bool)?
    /// When its next turn is planned.
    var nextTurn: Int64?

    init(pid: Int64, runner: Int64, store: CancelStore, lead: Lead) {
        (self.pid, self.runner, self.store, self.lead) = (pid, runner, store, lead)
    }
}
