import Glibc
import ServiceLifecycle
import UnixSignals

/// Ends the process at once on a second SIGTERM or SIGINT, for the one who does not want to wait for the
/// drain.
///
/// That is as safe as `kill -9`, since nothing is done only at shutdown. It must stand before the runner in
/// the service group: services end last first, so it still listens while the runner drains.
struct SecondSignal: Service {
    func run() async throws {
        var seen = 0
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        for await signal in signals.cancelOnGracefulShutdown() {
            seen += 1
            if seen == 2 { _exit(128 + signal.rawValue) }
        }
    }
}
