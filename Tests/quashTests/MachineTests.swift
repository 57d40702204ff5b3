import CancelStore
import Testing
import quash

/// When a process may be called gone: only when that is provable.
@Suite struct MachineTests {
    private let here: Ledger.Process

    init() throws { here = try Machine().thisProcess() }

    @Test func `a living process is not gone`() {
        #expect(!Machine.isGone(here))
    }

    @Test func `a pid that is used again is another process`() {
        #expect(
            Machine.isGone(.init(pid: here.pid, started: here.started - 1, space: here.space))
        )
    }

    @Test func `a pid that nobody has is gone`() {
        // Beyond the greatest pid the kernel gives out, 2^22.
        #expect(Machine.isGone(.init(pid: 5_000_000, started: 1, space: here.space)))
    }

    @Test func `a process of another namespace is never provably gone`() {
        for pid in [here.pid, 5_000_000] {
            #expect(!Machine.isGone(.init(pid: pid, started: 1, space: "pid:[1]")))
        }
    }
}
