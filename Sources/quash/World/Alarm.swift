import Cancels
import Dispatch

/// Lets tasks wait for an instant, to a fraction of a millisecond, any number at once.
///
/// The timers of `Task.sleep` may come a tenth late, which on a grant is a tenth of what the limit has to spare.
final class Alarm: Sendable {
    private let queue = DispatchQueue(label: "quash.alarm")

    /// Waits until an instant of the boot clock.
    func wait(until time: BootTime, now: BootTime) async {
        let span = Int(max((time - now).nanoseconds, 0))
        await withCheckedContinuation { continuation in
            let timer = DispatchSource.makeTimerSource(flags: .strict, queue: queue)
            timer.schedule(deadline: .now() + .nanoseconds(span), leeway: .nanoseconds(0))
            timer.setEventHandler {
                timer.cancel()
                continuation.resume()
            }
            timer.activate()
        }
    }
}
