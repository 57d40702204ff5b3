import CancelRunner
import CancelStore
import Cancels
import HTX
import Synchronization
import TestSupport

/// The small job at work: one process after another on files that dead ones have left.
///
/// A process that is killed leaves what it has written to its files, and nothing else. So a crash is a copy of the
/// files at that instant, which the next process opens; what the first one does after it never was.
final class CrashRun: Sendable {
    /// What a point at which a process may die stands before or after.
    enum Point: String, CaseIterable, Sendable {
        case statement, commit, send, sent, answer
    }

    /// The world around the files, at one instant.
    struct World: Sendable {
        var exchange = ModelExchange()
        var random = SeededRandom(seed: 1)
        var clocks = Clocks()
        var arrived = 0
        /// What was answered to each request.
        var replies: [Int64: [UInt8]] = [:]
    }

    private let world: Mutex<World>
    private let mishap: Mishap
    private let settings = Settings()

    init(_ world: World, mishap: Mishap) {
        self.world = Mutex(world)
        self.mishap = mishap
    }

    /// The world as it is.
    var now: World { world.withLock(\.self) }

    /// One process: turns, sends, answers, until nothing is left to do.
    ///
    /// `pass` is called at every point at which it may die, and the process dies where that gives true.
    func work(on path: String, pid: Int64, pass: @escaping @Sendable (Point) -> Bool) throws {
        let store = try CancelStore.open(path)
        defer { try? store.close() }  // What is closed here is dead already, or done.
        let isDead = Mutex(false)
        let die = { @Sendable (point: Point) in
            if !isDead.withLock(\.self), pass(point) { isDead.withLock { $0 = true } }
        }
        store.watchStatements { die(.statement) }
        let turn = try enlist(pid, in: store)
        var answers: [Answer] = []
        while !isDead.withLock(\.self) {
            let clock = now.clocks.now
            let result = try store.write { [answers] ledger in
                try turn.run(recording: answers, on: ledger, now: clock)
            }
            die(.commit)
            answers = result.sends.compactMap { request in
                for point in [Point.send, .sent, .answer] {
                    if isDead.withLock(\.self) { return nil }
                    die(point)
                    if point == .send, !isDead.withLock(\.self) { arrive(request) }
                }
                return read(request)
            }
            let wake = result.wake
            if answers.isEmpty, wake == nil { return }
            world.withLock { world in
                let next = wake.map { world.clocks.world($0) } ?? 0
                world.clocks.time += .ms(20)
                if answers.isEmpty { world.clocks.time = max(world.clocks.time, next) }
            }
        }
    }

    private func enlist(_ pid: Int64, in store: CancelStore) throws -> Turn {
        let process = Ledger.Process(pid: pid, started: 1, space: "here")
        let clock = now.clocks.now
        let runner = try store.write { ledger in
            for endpoint in Endpoint.allCases {
                try ledger.ensureBucket(
                    account: "main",
                    endpoint: endpoint,
                    policy: settings.policy(of: endpoint),
                    now: clock
                )
            }
            return try ledger.register(name: "r\(pid)", process: process, now: clock)
        }
        return Turn(
            runner: runner,
            accounts: ["main"],
            settings: settings,
            isGone: { $0.pid != pid }
        )
    }

    /// The exchange does what a request asks for.
    private func arrive(_ request: Request) {
        world.withLock { world in
            world.arrived += 1
            let time = world.clocks.time
            let reply =
                switch request.call {
                case .cancel:
                    world.exchange.cancel(
                        request,
                        at: time,
                        ts: 1,
                        spoil: .none,
                        random: &world.random
                    ).0
                case .lookup(let list, let page):
                    world.exchange.page(page, of: list, for: request, at: time, ts: 1, spoil: .none)
                        .0
                }
            let isLost = mishap == .firstAnswerLost && world.arrived == 1
            world.replies[request.id] = isLost ? [] : reply.body
        }
    }

    /// What its answer says.
    private func read(_ request: Request) -> Answer {
        let (body, clock) = world.withLock { ($0.replies[request.id] ?? [], $0.clocks.now) }
        let reading = ProtocolV1.read(request.call, status: 200, body: body, truncated: false)
        var answer = Answer(
            requestID: request.id,
            kind: .answered,
            whole: reading.whole,
            outcomes: reading.outcomes,
            receivedAt: clock.boot,
            receivedWall: clock.wall
        )
        (answer.page, answer.body, answer.sentAt) = (reading.page, body, clock.boot)
        return answer
    }
}
