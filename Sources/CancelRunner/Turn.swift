package import CancelStore
package import Cancels

// The turn: one pass of the runner, in one transaction.
//
//     answers ─▶ record ─▶ recover ─▶ sweep ─▶ claim ─▶ seal ─▶ sends, and when to come back
//
// It has no clock, no randomness, no socket and no task of its own: `now` is a value that was read after
// the write lock was taken, so waiting for the lock cannot make it stale, and a simulation may call it with
// any time it likes. Everything it decides is written down by the commit that follows; what it returns may
// be sent only after that. A process killed between two turns loses nothing but answers it had not yet
// recorded, and those requests are then *unknown*, which is the truth.

/// One pass of the runner.
package struct Turn: Sendable {
    /// This process, a row of `runner`.
    package let runner: Int64
    /// The accounts this process holds keys for.
    package var accounts: [String]
    /// What it claims.
    package let work: Work
    /// Every limit.
    package let settings: Settings
    /// Whether a process is provably gone: no such pid, or another start time.
    package let isGone: @Sendable (Ledger.Process) -> Bool

    package init(
        runner: Int64,
        accounts: [String],
        work: Work = .all,
        settings: Settings,
        isGone: @escaping @Sendable (Ledger.Process) -> Bool
    ) {
        self.runner = runner
        self.accounts = accounts
        self.work = work
        self.settings = settings
        self.isGone = isGone
    }

    /// What a process claims.
    package enum Work: Sendable {
        /// Cancels, and lookups of what is unresolved.
        case all
        /// Lookups of its own alone: it compares, and sends no cancel.
        case reconciliation
    }

    /// What a turn leaves to be done.
    package struct Result: Sendable {
        /// The requests that may be sent once the turn is committed.
        package var sends: [Request] = []
        /// When something can next happen by itself; nil where nothing will.
        package var wake: BootTime?
        /// Cancels that got a final state.
        package var settled = 0
        /// Answers that spoke of their ids: something moved.
        ///
        /// Being told to wait is not moving.
        package var answered = 0
        /// What the next turn may pass over, if nothing but this process has touched the file until then.
        package var agenda = Agenda()

        package init() {}

        mutating func wake(at time: BootTime?) {
            guard let time else { return }
            wake = min(wake ?? time, time)
        }
    }

    /// Records answers, recovers what others lost, claims what may be sent, and seals the history.
    ///
    /// `answers` is what has come in since the last turn; `allowance` is how many requests may be claimed, none
    /// while draining or in an outage; `now` was read under the write lock that `ledger` holds. After a COMMIT
    /// that failed, `handedOver` names the requests that this process did send: any other of its own that is
    /// in the file was not. `agenda` is what the turn before left, or an empty one. A token
    /// that comes back within the reach of `lead` is granted for that instant: its request is to be sent then, not
    /// before.
    package func run(
        recording answers: [Answer],
        allowance: Int = .max,
        handedOver: Set<Int64>? = nil,
        agenda: Agenda = Agenda(),
        lead: Lead = .none,
        on ledger: Ledger,
        now: Now
    ) throws -> Result {
        var result = Result()
        result.agenda = agenda
        try ledger.beat(runner, olderThan: settings.heartbeat, now: now)
        if try ledger.rebase(hold: settings.bucket.hold, now: now) { result.agenda.forget() }
        let recording = Recording(ledger: ledger, settings: settings, now: now)
        if let handedOver {
            try recording.takeBack(ledger.requests(of: runner).filter { !handedOver.contains($0) })
            result.agenda.forget()
        }
        for answer in answers {
            let recorded = try recording.record(answer)
            if let account = recorded.account { result.agenda.forget(account) }
            result.settled += recorded.settled
            result.answered += answer.kind == .answered && !answer.asksToWait ? 1 : 0
        }
        if work.cancels {
            result.settled += try recover(recording, into: &result)
            try sweep(ledger, now: now, into: &result)
        }
        var claiming = Claiming(
            turn: self,
            ledger: ledger,
            now: now,
            lead: lead,
            allowance: allowance
        )
        try serve(by: &claiming, into: &result)
        result.wake(at: result.agenda.wake)
        // Last of all, so that what this turn wrote is sealed by its own commit.
        if try ledger.seal(limit: settings.seals) { result.wake(at: now.boot) }
        return result
    }

    /// Claims for one account after another, until enough is granted for one turn.
    private func serve(by claiming: inout Claiming, into result: inout Result) throws {
        let now = claiming.now.boot
        let order = result.agenda.inOrder(accounts)
        result.agenda.begin(at: nil)
        for account in order where result.agenda.isDue(account, at: now) {
            guard result.sends.count < settings.grants else {
                result.agenda.begin(at: account)
                return result.wake(at: now)
            }
            result.agenda.note(account, next: try claiming.claim(for: account, into: &result))
        }
    }

    /// Gives up the unfinished requests of runners that are gone: they are unknown.
    ///
    /// A runner lives while its heartbeat is fresh; one that is stopped, of another boot, silent for longer
    /// than any request may take, or provably no process any more has lost its lease. Its tokens stay busy
    /// as granted.
    private func recover(_ recording: Recording, into result: inout Result) throws -> Int {
        var settled = 0
        let now = recording.now
        for other in try recording.ledger.requestsOfOthers(than: runner) {
            let expiry = other.heartbeat + settings.leaseTime
            let isLost =
                other.stopped || other.bootID != now.bootID || expiry < now.boot
                || isGone(other.process)
            guard isLost else {
                result.wake(at: expiry + .milliseconds(1))
                continue
            }
            settled += try recording.giveUp(other)
            result.agenda.forget()
        }
        return settled
    }

    /// Ends back-offs, starts and expires jobs; notes when the next of each is due.
    private func sweep(_ ledger: Ledger, now: Now, into result: inout Result) throws {
        let ended = try ledger.endBackoffs(limit: settings.sweep, now: now)
        let started = try ledger.startJobs(now: now)
        let expired = try ledger.expireJobs(limit: settings.sweep, now: now)
        result.settled += expired
        if ended + started + expired > 0 { result.agenda.forget() }
        if ended == settings.sweep || expired == settings.sweep {
            result.wake(at: now.boot)
        }
        let next = try ledger.nextInstants()
        result.wake(at: next.due)
        for wall in [next.start, next.deadline] {
            guard let wall else { continue }
            // One more millisecond: a deadline has passed only when its millisecond is over.
            let wait =
                Duration.milliseconds(wall.milliseconds) - .milliseconds(now.wall.milliseconds - 1)
            result.wake(at: now.boot + max(wait, .zero))
        }
    }
}

extension Answer {
    /// Whether all it says is that nothing was done yet, for reasons that pass.
    var asksToWait: Bool {
        let kinds = outcomes.values.map(\.kind) + [whole?.kind].compactMap(\.self)
        return !kinds.isEmpty
            && kinds.allSatisfy {
                switch $0 {
                case .throttled, .unavailable, .accountTrouble, .notSent, .suspended, .inProgress:
                    true
                default: false
                }
            }
    }
}
