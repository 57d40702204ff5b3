import Cancels
import HTX
import Logging
import Synchronization

/// Tells a person when an exchange goes out and when it is back; a probe that fails in between is no news.
final class OutageLog: Sendable {
    private let out = Mutex<Set<String>>([])
    private let logger: Logger

    init(_ logger: Logger) { self.logger = logger }

    /// Tells of a change, where it is one for a person.
    func tell(_ news: ExchangeNews) {
        let name = "\(news.exchange)"
        switch news.change {
        case .opened(let reason):
            guard out.withLock({ $0.insert(name).inserted }) else { return }
            logger.warning(
                "the exchange is out; nothing is sent there until its heartbeat is back",
                metadata: ["exchange": "\(name)", "reason": "\(reason)"]
            )
        case .halfOpen:
            logger.debug(
                "the exchange may be back; one request tries",
                metadata: ["exchange": "\(name)"]
            )
        case .closed(let span):
            out.withLock { _ = $0.remove(name) }
            logger.notice(
                "the exchange is back, and the work goes on",
                metadata: ["exchange": "\(name)", "after": "\(span.milliseconds / 1000) s"]
            )
        }
    }
}
