import Testing

import Sandbox

@Suite struct AnnouncementTests {
    private struct Trouble: Error {}

    @Test func `whoever asks after the announcement has it at once`() async throws {
        let announcement = Announcement<Int>()
        announcement.make(.success(7))
        announcement.make(.success(8))
        #expect(try await announcement.value == 7)
    }

    @Test func `everybody who waited hears it`() async throws {
        let announcement = Announcement<Int>()
        let heard = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 { group.addTask { try await announcement.value } }
            group.addTask {
                announcement.make(.success(7))
                return 7
            }
            return try await group.reduce(0, +)
        }
        #expect(heard == 77)
    }

    @Test func `a failure is an announcement too`() async {
        let announcement = Announcement<Int>()
        announcement.make(.failure(Trouble()))
        await #expect(throws: Trouble.self) { try await announcement.value }
    }

    @Test func `a cancelled waiter goes home`() async {
        let announcement = Announcement<Int>()
        let waiter = Task { try await announcement.value }
        waiter.cancel()
        await #expect(throws: CancellationError.self) { try await waiter.value }
    }
}
