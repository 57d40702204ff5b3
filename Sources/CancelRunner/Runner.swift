package import CancelStore
package import Cancels
package import Logging
import ServiceLifecycle

/// The shell around the turn: it reads the clocks, commits, sends, and waits.
///
/// One loop. Each pass takes the answers that have come in, runs one turn as one commit, hands what the turn
/// granted to `send`, and sleeps until the earliest of: an answer, a commit by another process, the time the
/// turn named, a signal. It holds nothing that a crash could lose but answers not yet recorded, whose
/// requests are then unknown.
package struct Runner: Service {
    /// When `run` returns by itself.
    package enum Mode: Hashable, Sendable {
        /// Never; only a graceful stop ends it.
        case serve
        /// When nothing is in flight, and nothing can become possible within a while of the last thing
        /// that moved.
        case drain(wait: Duration)
    }

    /// The real or simulated world, as far as the loop touches it.
    package struct World: Sendable {
        /// Reads both clocks.
        package var now: @Sendable () -> Now
        /// Returns at an instant or up to a millisecond before it, and earlier when rung, cancelled, or when the file
        /// was written to: then it gives true.
        package var wait: @Sendable (BootTime) async -> Bool
        /// Returns at an instant, for any number at once; it throws where the task is cancelled.
        package var delay: @Sendable (BootTime) async throws -> Void
        /// Ends the wait under way, or the next one.
        package var ring: @Sendable () -> Void
        /// Sends one request and gives what came back; it never throws.
        package var send: @Sendable (Request) async -> Answer
        /// How many requests may be claimed just now: all, or in an outage one as a probe, or none.
        package var allowance: @Sendable () -> Int
        /// The accounts that are served just now; nil where they never change.
        package var accounts: (@Sendable () -> [String])?
        /// Which process holds the write lock, as far as that can be told.
        package var lockHolder: @Sendable () -> String?

        package init(
            now: @escaping @Sendable () -> Now,
            wait: @escaping @Sendable (BootTime) async -> Bool,
            delay: @escaping @Sendable (BootTime) async throws -> Void = { _ in await Task.yield()
            },
            ring: @escaping @Sendable () -> Void,
            send: @escaping @Sendable (Request) async -> Answer,
            allowance: @escaping @Sendable () -> Int = { .max },
            accounts: (@Sendable () -> [String])? = nil,
            lockHolder: @escaping @Sendable () -> String? = { nil }
        ) {
            self.now = now
            self.wait = wait
            self.delay = delay
            self.ring = ring
            self.send = send
            self.allowance = allowance
            self.accounts = accounts
            self.lockHolder = lockHolder
        }
    }

    /// How soon after a write the file is looked at again, 0.3 ms, doubling while nothing new shows.
    static let soonestLook: Duration = .microseconds(300)
    /// The longest that a token is granted ahead, 25 ms: half of the send deadline.
    static let longestLead: Duration = .milliseconds(25)
    /// How often the file is looked at when nothing was heard, 100 ms; reading `data_version` touches no row.
    static let latestLook: Duration = .milliseconds(100)

    let store: CancelStore
    let turn: Turn
    private let mode: Mode
    let world: World
    let logger: Logger
    private let mailbox: Mailbox

    package init(store: CancelStore, turn: Turn, mode: Mode, world: World, logger: Logger) {
        self.store = store
        self.turn = turn
        self.mode = mode
        self.world = world
        mailbox = Mailbox(ring: world.ring)
        self.logger = logger
    }

    /// Runs until told to stop, or in drain mode until nothing is left to do.
    ///
    /// A graceful stop claims nothing more, waits for what is in flight, and returns. Cancelling the task
    /// drops what is in flight: those requests are unknown to the next run, as after a kill.
    ///
    /// - Throws: SQLite's error where the disk or the file fails; nothing is sent after that.
    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withTaskExecutorPreference(LoopExecutor()) {
                try await withThrowingDiscardingTaskGroup { group in
                    try await loop(sendingIn: &group)
                }
                try await noteStop()
            }
        } onGracefulShutdown: { [mailbox] in
            mailbox.drain()
        }
    }

    /// What the loop holds between two turns.
    struct Progress {
        /// The requests that were handed over and whose answers are not recorded.
        var handedOver: Set<Int64> = []
        /// Answers that have come in and are not recorded.
        var unrecorded: [Answer] = []
        /// When something last moved.
        var lastMove: BootTime
        /// Not before this is the WAL looked at.
        var nextCheckpoint: BootTime
        /// What the next turn may pass over.
        var agenda = Agenda()
        /// How long a turn took lately, its wait for the disk included.
        var turnTime: Duration = .zero
        /// How turns failed to commit lately.
        var trouble = CommitTrouble()

        init(_ now: BootTime) { (lastMove, nextCheckpoint) = (now, now) }

        /// A turn is made for a token so long before it comes back that another may be under way just then, and
        /// the one that grants takes as long again.
        var lead: Lead {
            Lead(start: min(turnTime * 3, Runner.longestLead), reach: Runner.longestLead)
        }

        /// Takes note of one turn.
        mutating func note(turnTime latest: Duration) {
            turnTime += (latest - turnTime) / (turnTime == .zero ? 1 : 8)
        }

        /// Whether every answer is in and recorded.
        var isQuiet: Bool { handedOver.isEmpty }
    }

    /// What lies outside the file and decides what a turn may claim.
    private struct Outlook: Hashable {
        let accounts: [String]?
        /// None, one as a probe, or as many as there are tokens.
        let allowance: Int
    }

    private var outlook: Outlook {
        Outlook(accounts: world.accounts?(), allowance: min(max(world.allowance(), 0), 2))
    }

    private func loop(
        sendingIn group: inout ThrowingDiscardingTaskGroup<any Error>
    ) async throws {
        var progress = Progress(world.now().boot)
        var seen: (version: Int?, outlook: Outlook)?
        while !Task.isCancelled {
            let version = try store.dataVersion()
            let outlook = outlook
            // Another process has written, or the world outside has changed: what was known may be so no more.
            if version == nil || seen?.version != version || seen?.outlook != outlook {
                progress.agenda.forget()
            }
            seen = (version, outlook)
            let mail = mailbox.take()
            progress.unrecorded += mail.answers
            let allowance = mail.isDraining ? 0 : world.allowance()
            guard let result = try await commit(&progress, allowance: allowance) else { continue }
            let committed = world.now().boot
            for request in result.sends {
                progress.handedOver.insert(request.id)
                group.addTask(executorPreference: globalConcurrentExecutor) {
                    await mailbox.post(hand(over: request, committedAt: committed))
                }
            }
            if result.answered > 0 || result.settled > 0 { progress.lastMove = committed }
            if progress.isQuiet, mail.isDraining || isDone(result, since: progress.lastMove) {
                return
            }
            try await checkpointIfDue(&progress.nextCheckpoint)
            var wake = result.wake
            if !progress.isQuiet {
                // A living runner renews its heartbeat while it has requests in flight.
                let beat = committed + turn.settings.heartbeat
                wake = min(wake ?? beat, beat)
            }
            try await rest(until: wake, whileVersionIs: version, outlook)
        }
    }

    /// Sends a request when its token comes back, unless its grant has lapsed: then nothing of it leaves, and its
    /// token is given back.
    ///
    /// The check stands directly before the hand-over, so that a process that was paused in between, by a
    /// signal or a suspended machine, does not send on an old grant.
    private func hand(over request: Request, committedAt: BootTime) async -> Answer {
        let policy = turn.settings.policy(of: request.call.endpoint)
        do {
            while world.now().boot < request.grantedAt { try await world.delay(request.grantedAt) }
        } catch {
            // The loop is being cancelled: nothing of it leaves.
            return Answer(lapsed: request, at: world.now())
        }
        let now = world.now()
        guard policy.isFresh(request.grantedAt, committedAt: committedAt, now: now.boot) else {
            logger.warning(
                "a grant lapsed before it could be sent, and its ids wait; is the disk slow, or was the process paused?",
                metadata: [
                    "request": "\(request.id)", "since_grant": "\(now.boot - request.grantedAt)",
                ]
            )
            return Answer(lapsed: request, at: now)
        }
        return await world.send(request)
    }

    /// Whether nothing can become possible within the wait of the drain.
    private func isDone(_ result: Turn.Result, since lastMove: BootTime) -> Bool {
        guard case .drain(let wait) = mode else { return false }
        guard let wake = result.wake else { return true }
        return wake > lastMove + wait
    }

    /// Sleeps until there is something to do: an answer, a stop, a commit by another process, an account or an
    /// exchange that can be served again, or `wake`.
    ///
    /// A write to the file is heard before its commit shows, so after one the file is looked at again and
    /// again, less and less often.
    private func rest(
        until wake: BootTime?,
        whileVersionIs version: Int?,
        _ outlook: Outlook
    ) async throws {
        var pause = Self.soonestLook
        while !Task.isCancelled, !mailbox.isFresh {
            let now = world.now().boot
            if let wake, wake <= now { return }
            if try store.dataVersion() != version || self.outlook != outlook { return }
            let look = now + pause
            let isTouched = await world.wait(min(wake ?? look, look))
            pause = isTouched ? Self.soonestLook : min(pause * 2, Self.latestLook)
        }
    }
}
