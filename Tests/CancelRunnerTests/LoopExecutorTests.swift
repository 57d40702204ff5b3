import CancelRunner
import Cancels
import Synchronization
import TestSupport
import Testing

/// Where the loop runs, and where what it hands over does.
@Suite struct LoopExecutorTests {
    private let desk: Desk

    init() throws { desk = try Desk() }

    @Test func `the loop never stands in line behind the requests it handed over`() async throws {
        try desk.queue(ids(0..<50))
        let looks = Mutex<[Bool]>([])
        let sends = Mutex<[Bool]>([])
        let now = desk.fixture.now
        let world = Runner.World(
            now: { now },
            wait: { _ in
                await Desk.letRequestsRun()
                return false
            },
            ring: {},
            send: { request in
                sends.withLock { $0.append(Self.isShared) }
                return Answer(accepting: request, at: now)
            },
            // Only the loop asks for it.
            allowance: {
                looks.withLock { $0.append(Self.isShared) }
                return .max
            }
        )
        try await desk.drain(in: world)
        #expect(sends.withLock(\.self) == Array(repeating: true, count: 5))
        #expect(looks.withLock { !$0.isEmpty && !$0.contains(true) })
    }

    /// Whether the caller runs on the threads that all tasks share.
    private static var isShared: Bool {
        let shared = globalConcurrentExecutor.asUnownedTaskExecutor()
        // Nothing else tells a task which executor it prefers; the handle does not leave the closure.
        return withUnsafeCurrentTask { task in
            task?.unownedTaskExecutor.map { $0 == shared } ?? true
        }
    }
}
