import AsyncHTTPClient
package import Cancels
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends requests to the exchange and says what came back.
///
/// One request makes at most one HTTP call that can reach the exchange, since each has one token
/// and an intent on disk behind it. The next base URL is tried only where no connection could be
/// made to the one before, so that nothing of the request had left; it is signed anew, because the
/// host is signed. All tries share one deadline, which covers connecting, the head and the body. A
/// base URL that is out is passed over until it is up again, as its `Circuit` decides.
///
/// How a call that brings no answer is told apart is `SendFailure`; which habits of the HTTP client are
/// switched off, and why, is `HTTPClient.Configuration.oneCall`.
package final class HTXClient: Sendable {
    /// The keys by account name.
    let credentials: Mutex<[String: Credentials]>
    /// The deadline of one request.
    let timeout: Duration
    /// Reads both clocks.
    let now: @Sendable () -> Now
    /// Waits between two looks at the exchanges that are out.
    let sleep: @Sendable (Duration) async throws -> Void
    /// How many connections may be open to one host.
    let connectionsPerHost: Int
    /// What makes the calls.
    let client: HTTPClient
    /// Which base URLs are in use.
    let circuits: Mutex<CircuitSet>
    /// Which base URL requests go to, and since when.
    private let route: Mutex<Route>
    /// What is added to this machine's clock before signing.
    let clock = Mutex(ClockOffset())
    /// How many `watch` calls are running.
    let watchers = Mutex(0)
    private let onNews: @Sendable (ExchangeNews) -> Void

    /// Sets a client up; no connection is made before `warm` or the first request.
    ///
    /// - Parameters:
    ///   - exchanges: The base URLs in failover order; with none, every request comes back unsent.
    ///   - credentials: The keys by account name.
    ///   - timeout: The deadline of one request from hand-over to the last byte of its body.
    ///   - now: Reads both clocks.
    ///   - connectionsPerHost: How many connections may be open to one host; five an account, since its
    ///     five tokens may all be out at once.
    ///   - window: The span in which the exchange counts requests.
    ///   - sleep: Waits between two looks at what is out; it throws to end the watch.
    ///   - onNews: Told of each base URL that goes out of use or comes back, under no lock.
    package init(
        exchanges: [ExchangeURL],
        credentials: [String: Credentials],
        timeout: Duration,
        now: @escaping @Sendable () -> Now,
        connectionsPerHost: Int,
        window: Duration = .seconds(1),
        sleep: @escaping @Sendable (Duration) async throws -> Void = {
            try await Task.sleep(for: $0)
        },
        onNews: @escaping @Sendable (ExchangeNews) -> Void = { _ in }
    ) {
        self.credentials = Mutex(credentials)
        self.timeout = timeout
        self.now = now
        self.sleep = sleep
        self.onNews = onNews
        self.connectionsPerHost = max(1, connectionsPerHost)
        let circuits = CircuitSet(exchanges)
        self.circuits = Mutex(circuits)
        route = Mutex(Route(circuits.exchanges.first, window: window))
        // Each host may use up one part on connecting, and one part is left for the call itself: with 9 s
        // and two hosts, 3 s each.
        let connect = timeout / (circuits.exchanges.count + 1)
        client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .oneCall(connect: connect, connectionsPerHost: self.connectionsPerHost)
        )
    }

    /// Signs with these keys from now on; accounts that are not named keep theirs.
    package func use(_ credentials: [String: Credentials]) {
        self.credentials.withLock { $0.merge(credentials) { $1 } }
    }

    /// Sends one request and waits for its answer, at most for the timeout.
    ///
    /// It never throws: silence is an answer too, of kind `lost`, or `unsent` where nothing can have
    /// reached the exchange. If its task is interrupted the call is given up at once, as `lost`.
    package func send(_ request: Request) async -> Answer {
        let account = request.target.account
        guard let keys = credentials.withLock({ $0[account] }) else { return keyless(request) }
        let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
        var unreached: [(exchange: ExchangeURL, words: String)] = []
        var last: HandOver?
        var place = 0
        while let permit = admit(from: place) {
            place = permit.place + 1
            guard await takeRoute(to: permit.exchange, deadline) else {
                circuits.withLock { $0.release(permit) }
                break
            }
            let offset = clock.withLock(\.adopted)
            let call = call(for: request, exchange: permit.exchange, keys: keys, offset: offset)
            let handOver = HandOver(exchange: permit.exchange, sentAt: now().boot, offset: offset)
            last = handOver
            switch await perform(call, deadline: deadline) {
            case .success(let received):
                let reading = received.reading(for: request.call)
                note(reading.health, of: permit)
                route.withLock { $0.note(answerFrom: permit.exchange, at: received.headAt.boot) }
                let answer = Answer(to: request, received, reading, handOver)
                return await corrected(answer, handOver, deadline: deadline)
            case .failure(.lost(let words)):
                note(.failing(words), of: permit)
                let silence = Outcome(.unknown, message: words)
                return Answer(to: request, .lost, silence, at: now(), handOver)
            case .failure(.unsent(let words)):
                note(.unreachable(words), of: permit)
                unreached.append((permit.exchange, words))
            }
        }
        return unsent(request, unreached, last)
    }

    /// How many requests may be claimed now: as many as there are tokens while some base URL is in
    /// use, one while one is to be probed, none while all are out.
    package var allowance: Int {
        lookWithoutWatch()
        return circuits.withLock(\.allowance)
    }

    /// Closes every connection; a request still out comes back `lost`.
    ///
    /// To be called exactly once: an HTTP client that is dropped without it stops the program.
    ///
    /// - Throws: What the HTTP client says where a connection would not close.
    package func shutdown() async throws { try await client.shutdown() }

    /// Passes a piece of news on, if there is one.
    func tell(_ news: ExchangeNews?) {
        if let news { onNews(news) }
    }
}

extension HTXClient {
    private func admit(from place: Int) -> CircuitSet.Permit? {
        lookWithoutWatch()
        return circuits.withLock { $0.admit(from: place) }
    }

    /// Notes what a call tells of its exchange; a call that we gave up ourselves tells nothing.
    private func note(_ health: Health, of permit: CircuitSet.Permit) {
        let (time, isOurs) = (now().boot, Task.isCancelled && health != .answering)
        let news = circuits.withLock { circuits -> ExchangeNews? in
            guard !isOurs else {
                circuits.release(permit)
                return nil
            }
            return circuits.note(health, of: permit, at: time)
        }
        tell(news)
    }

    /// Waits as long as the way to a base URL demands; tells whether it was waited out in time, and
    /// not interrupted.
    private func takeRoute(to exchange: ExchangeURL, _ deadline: NIODeadline) async -> Bool {
        let time = now().boot
        let wait = route.withLock { $0.wait(for: exchange, at: time) }
        guard wait > .zero else { return true }
        do {
            try await Task.sleep(for: wait)
            return deadline > .now()
        } catch {
            return false
        }
    }
}
