package import CancelStore
package import Cancels

/// A fresh database and a clock that moves only when told to.
package final class Fixture {
    /// The database's folder.
    package let folder: TemporaryFolder
    /// The database.
    package let store: CancelStore
    /// Both clocks; tests move them.
    package var now = Now(
        wall: WallTime(milliseconds: 1_800_000_000_000),
        boot: BootTime(nanoseconds: 1_000_000_000_000),
        bootID: "boot-1"
    )

    /// Makes a migrated database with account `main`.
    package init() throws {
        folder = try TemporaryFolder()
        store = try CancelStore.migrate(folder.file("quash.sqlite"))
    }

    /// The database's path.
    package var path: String { store.path }

    /// Moves both clocks on.
    package func advance(by span: Duration) {
        now = Now(
            wall: WallTime(milliseconds: now.wall.milliseconds + span.milliseconds),
            boot: now.boot + span,
            bootID: now.bootID
        )
    }

    /// Sets the wall clock alone, as an operator's step does.
    package func stepWall(by span: Duration) {
        now = Now(
            wall: WallTime(milliseconds: now.wall.milliseconds + span.milliseconds),
            boot: now.boot,
            bootID: now.bootID
        )
    }

    /// Restarts the machine: another boot id, and a boot clock that begins anew.
    package func reboot() {
        now = Now(
            wall: now.wall,
            boot: BootTime(nanoseconds: 5_000_000_000),
            bootID: now.bootID + "+1"
        )
    }
}

extension OrderID {
    /// The id of a number, for tests that need many.
    package static func sample(_ number: Int) -> OrderID {
        guard let id = OrderID("82605397016844\(1000 + number)") else {
            preconditionFailure("samples are digits")
        }
        return id
    }
}
