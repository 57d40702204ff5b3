import CancelStore
import Cancels
import Logging

// How the loop gets its turns into the file, whatever locks or disks do.

extension Runner {
    /// How long to leave a WAL alone that a reader kept from being emptied, 60 s.
    static let checkpointPause: Duration = .seconds(60)

    /// How long a turn waits for the write lock before the loop says who holds it: 5 s.
    static let lockPatience: Duration = .seconds(5)
    /// How often it says so while the lock stays held: every 30 s.
    static let lockReminder: Duration = .seconds(30)
    /// Turns in a row that the disk may fail before the process stops: 3.
    static let failureLimit = 3
    /// How long to leave a failed disk alone, 1 s, and that much longer each time.
    static let failurePause: Duration = .seconds(1)

    /// Runs one turn and commits it; nil where it did not come through and is to be tried again.
    func commit(
        _ progress: inout Progress,
        allowance: Int
    ) async throws -> Turn.Result? {
        var turn = turn
        if let accounts = world.accounts { turn.accounts = accounts() }
        let answers = progress.unrecorded
        let handedOver = progress.trouble.isInDoubt ? progress.handedOver : nil
        let began = world.now().boot
        let agenda = progress.agenda
        let lead = progress.lead
        // Until the turn has come through, nothing is known of what it would leave.
        progress.agenda.forget()
        do {
            let result = try await store.writeDetached(waiting: Self.lockPatience) {
                [turn, world] ledger in
                // The clocks are read under the lock.
                try turn.run(
                    recording: answers,
                    allowance: allowance,
                    handedOver: handedOver,
                    agenda: agenda,
                    lead: lead,
                    on: ledger,
                    now: world.now()
                )
            }
            if let words = progress.trouble.end(at: world.now().boot) { logger.notice("\(words)") }
            progress.note(turnTime: world.now().boot - began)
            progress.agenda = result.agenda
            progress.unrecorded = []
            progress.handedOver.subtract(answers.map(\.requestID))
            return result
        } catch {
            try await overcome(error, &progress.trouble)
            return nil
        }
    }

    /// Waits for what keeps a turn from being committed, or throws where nothing would help.
    ///
    /// Nothing is sent meanwhile. After a COMMIT that failed it is not known whether it was carried out, so the
    /// file is opened anew, and the next turn asks it.
    private func overcome(_ error: any Error, _ trouble: inout CommitTrouble) async throws {
        let now = world.now().boot
        switch StoreFailure(error) {
        case .locked:
            guard trouble.isLocked(at: now, saidEvery: Self.lockReminder) else { return }
            let waited =
                (now - (trouble.lockedSince ?? now) + Self.lockPatience).milliseconds / 1000
            logger.warning(
                "another connection holds the write lock; look for a shell or tool with a transaction left open",
                metadata: [
                    "database": "\(store.path)", "waited": "\(waited) s",
                    "held_by": "\(world.lockHolder() ?? "unknown")",
                ]
            )
        case .broken(let words):
            trouble.failures += 1
            guard trouble.failures < Self.failureLimit else { throw error }
            logger.error(
                "the database failed; nothing is sent until it has been opened and read anew",
                metadata: ["sqlite": "\(words)", "try": "\(trouble.failures)"]
            )
            await pause(until: now + Self.failurePause * trouble.failures)
            try await store.reopen()
        case .contradiction, nil:
            throw error
        }
    }

    /// Leaves the disk alone until an instant, whatever rings meanwhile: answers do, and so do our own writes.
    private func pause(until end: BootTime) async {
        while world.now().boot < end, !Task.isCancelled {
            _ = await world.wait(end)
        }
    }

    /// Notes the stop; where the file stays locked that is left out, since nothing depends on it.
    func noteStop() async throws {
        do {
            try await store.writeDetached { [turn, world] in
                try $0.stop(turn.runner, now: world.now())
                try $0.seal(limit: turn.settings.seals)
            }
        } catch {
            guard case .locked = StoreFailure(error) else { throw error }
            logger.notice("the stop was not noted in the file, which another connection is writing")
        }
    }

    /// Copies the WAL back when it has grown, unless a reader was in the way a short while ago.
    func checkpointIfDue(_ next: inout BootTime) async throws {
        let now = world.now().boot
        guard now >= next, store.isCheckpointDue else { return }
        let isEmptied = try await store.checkpoint(by: turn.runner, now: world.now)
        if !isEmptied { next = now + Self.checkpointPause }
    }
}
