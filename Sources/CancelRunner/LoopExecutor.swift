import Dispatch

/// A thread for the loop alone.
///
/// On the shared threads its next step would stand in line behind the hundred requests it has just handed over, and
/// the disk would wait for them.
final class LoopExecutor: TaskExecutor {
    private let queue = DispatchQueue(label: "quash.loop")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
