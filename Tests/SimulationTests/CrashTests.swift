import Dispatch
import Synchronization
import TestSupport
import Testing

extension SimulationTests {
    /// A small job, and a crash at each point it passes: before every statement, after every COMMIT, before and after
    /// every send and every answer.
    @Suite struct CrashTests {
        @Test(arguments: Mishap.allCases)
        func `a crash at any point loses nothing and invents nothing`(mishap: Mishap) throws {
            let shelf = try CrashShelf()
            let wrecks = try wrecks(of: shelf, mishap)
            let found = Mutex<[String]>([])
            DispatchQueue.concurrentPerform(iterations: wrecks.count) { number in
                let wreck = wrecks[number]
                let breaches = Result { try goOn(from: wreck, number, on: shelf, mishap) }
                let words = (try? breaches.get()) ?? ["\(breaches)"]
                let told = words.map { "crash \(number + 1), \(wreck.point): \($0)" }
                found.withLock { $0 += told }
            }
            let unclean = found.withLock(\.self)
            #expect(unclean.isEmpty, "\(unclean.prefix(5))")
            let counts = CrashRun.Point.allCases.map { point in
                "\(point.rawValue) \(wrecks.count { $0.point == point })"
            }
            print(
                "crashes: \(mishap.rawValue): \(wrecks.count) points, \(unclean.count) unclean:"
                    + " \(counts.joined(separator: ", "))"
            )
            #expect(
                CrashRun.Point.allCases.allSatisfy { point in wrecks.contains { $0.point == point }
                }
            )
        }

        /// What a process left that died at one point.
        private struct Wreck: Sendable {
            let point: CrashRun.Point
            let path: String
            let world: CrashRun.World
        }

        /// The first process, once, with a wreck from every point it passes.
        private func wrecks(of shelf: CrashShelf, _ mishap: Mishap) throws -> [Wreck] {
            let path = try shelf.copy(as: "first.sqlite")
            let run = CrashRun(shelf.world, mishap: mishap)
            let wrecks = Mutex<[Wreck]>([])
            let folder = shelf.folder
            try run.work(on: path, pid: 1) { point in
                let number = wrecks.withLock(\.count) + 1
                let wreck = Wreck(
                    point: point,
                    path: folder.file("wreck-\(number)"),
                    world: run.now
                )
                // A wreck that could not be taken cannot be opened, and the test fails there.
                try? CrashShelf.copy(path, to: wreck.path)
                wrecks.withLock { $0.append(wreck) }
                return false
            }
            #expect(try CrashShelf.judge(path, run.now).isEmpty)
            return wrecks.withLock(\.self)
        }

        /// Another process takes a wreck up; where it is to die as well, a third.
        private func goOn(
            from wreck: Wreck,
            _ number: Int,
            on shelf: CrashShelf,
            _ mishap: Mishap
        ) throws -> [String] {
            var world = wreck.world
            world.clocks.time += .ms(200)
            let run = CrashRun(world, mishap: mishap)
            guard mishap == .secondCrash else {
                try run.work(on: wreck.path, pid: 2) { _ in false }
                return try CrashShelf.judge(wreck.path, run.now)
            }
            let passed = Mutex(0)
            let second = shelf.folder.file("second-\(number)")
            try run.work(on: wreck.path, pid: 2) { _ in
                let isHere = passed.withLock { passed in
                    passed += 1
                    // Another place each time, all over the run.
                    return passed == number * 37 % 400 + 1
                }
                if isHere { try? CrashShelf.copy(wreck.path, to: second) }
                return isHere
            }
            let isDead = passed.withLock { $0 > number * 37 % 400 }
            guard isDead else { return try CrashShelf.judge(wreck.path, run.now) }
            var after = run.now
            after.clocks.time += .ms(200)
            let last = CrashRun(after, mishap: mishap)
            try last.work(on: second, pid: 3) { _ in false }
            return try CrashShelf.judge(second, last.now)
        }
    }
}

/// What goes wrong beside the crash.
enum Mishap: String, CaseIterable, Sendable {
    case none
    /// The exchange carries the first request out, and its answer is lost.
    case firstAnswerLost
    /// The process that takes the file up dies as well.
    case secondCrash
}
