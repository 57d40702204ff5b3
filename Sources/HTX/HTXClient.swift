import AsyncHTTPClient
package import Cancels
import NIOCore
import NIOHTTP1

/// Sends requests to the exchange and says what came back.
///
/// One request makes at most one HTTP call that can reach the exchange, since each has one token and an
/// intent on disk behind it. The next base URL is tried only where no connection could be made to the one
/// before, so that nothing of the request had left; it is signed anew, because the host is signed. All
/// tries share one deadline, which covers connecting, the head and the body.
///
/// How a call that brings no answer is told apart is `SendFailure`; which habits of the HTTP client are
/// switched off, and why, is `HTTPClient.Configuration.oneCall`.
package struct HTXClient: Sendable {
    private let exchanges: [ExchangeURL]
    private let credentials: [String: Credentials]
    private let timeout: Duration
    private let now: @Sendable () -> Now
    private let connectionsPerHost: Int
    private let client: HTTPClient

    /// Sets a client up; no connection is made before `warm` or the first request.
    ///
    /// - Parameters:
    ///   - exchanges: The base URLs in failover order; with none, every request comes back unsent.
    ///   - credentials: The keys by account name.
    ///   - timeout: The deadline of one request from hand-over to the last byte of its body.
    ///   - now: Reads both clocks.
    ///   - connectionsPerHost: How many connections may be open to one host; five an account, since its
    ///     five tokens may all be out at once.
    package init(
        exchanges: [ExchangeURL],
        credentials: [String: Credentials],
        timeout: Duration,
        now: @escaping @Sendable () -> Now,
        connectionsPerHost: Int
    ) {
        self.exchanges = exchanges
        self.credentials = credentials
        self.timeout = timeout
        self.now = now
        self.connectionsPerHost = max(1, connectionsPerHost)
        // Each host may use up one part on connecting, and one part is left for the call itself: with 9 s
        // and two hosts, 3 s each.
        let connect = timeout / (exchanges.count + 1)
        client = HTTPClient(
            eventLoopGroupProvider: .singleton,
            configuration: .oneCall(connect: connect, connectionsPerHost: self.connectionsPerHost)
        )
    }

    /// Sends one request and waits for its answer, at most for the timeout.
    ///
    /// It never throws: silence is an answer too, of kind `lost`, or `unsent` where nothing can have
    /// reached the exchange. If its task is interrupted the call is given up at once, as `lost`.
    package func send(_ request: Request) async -> Answer {
        let account = request.target.account
        guard let keys = credentials[account] else {
            let names = Credentials.variables(for: account)
            let remedy = "set \(names.accessKey) and \(names.secretKey)"
            let trouble = Outcome(
                .accountTrouble,
                message: "no keys for account \(account): \(remedy)"
            )
            return Answer(to: request, .unsent, trouble, at: now())
        }
        let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
        var unreached: [String] = []
        var last: HandOver?
        for exchange in exchanges where last == nil || deadline > .now() {
            if last != nil, await !pauseBeforeFailover() { break }
            let call = call(for: request, exchange: exchange, keys: keys)
            let current = HandOver(exchange: exchange, sentAt: now().boot)
            last = current
            switch await perform(call, deadline: deadline) {
            case .success(let received): return Answer(to: request, received, current)
            case .failure(.lost(let words)):
                let silence = Outcome(.unknown, message: words)
                return Answer(to: request, .lost, silence, at: now(), current)
            case .failure(.unsent(let words)):
                unreached.append("\(exchange.signedHost) (\(words))")
            }
        }
        let tried = unreached.isEmpty ? "no exchange is set" : unreached.joined(separator: ", ")
        let notSent = Outcome(.notSent, message: "not connected: \(tried)")
        return Answer(to: request, .unsent, notSent, at: now(), last)
    }

    /// Waits out what the token may have been given back early by, which was proven on the way to the host
    /// before; tells whether it was waited out, and not interrupted.
    private func pauseBeforeFailover() async -> Bool {
        do {
            try await Task.sleep(for: RoundTripFloor.most)
            return true
        } catch {
            return false
        }
    }

    /// Opens connections to the first host, so that no TLS handshake spends a token's time: five an
    /// account at once, by asking the public time.
    ///
    /// It is only ever an advantage, so a failure is no news here: the first request meets it again and
    /// reports it. At most `warmLimit` are opened, since the time counts against 240 public requests in
    /// three seconds for this address (htx-api 4).
    package func warm() async {
        guard let exchange = exchanges.first else { return }
        let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
        let count = min(5 * credentials.count, connectionsPerHost, Self.warmLimit)
        await withTaskGroup { group in
            for _ in 0..<count {
                group.addTask {
                    let url = "\(exchange)\(ProtocolV1.timePath)"
                    // `try?` for the reason above: an address that makes no request makes no answer later.
                    let call = try? HTTPClient.Request(url: url, headers: headers(for: exchange))
                    _ = await perform(call, deadline: deadline)
                }
            }
        }
    }

    /// Half of what the exchange grants one address for public requests in three seconds.
    private static let warmLimit = 120

    /// Closes every connection; a request still out comes back `lost`.
    ///
    /// To be called exactly once: an HTTP client that is dropped without it stops the program.
    ///
    /// - Throws: What the HTTP client says where a connection would not close.
    package func shutdown() async throws { try await client.shutdown() }
}

extension HTXClient {
    /// The call, signed for one host and this second.
    private func call(
        for request: Request,
        exchange: ExchangeURL,
        keys: Credentials
    ) -> HTTPClient.Request? {
        let signing = Signing(
            method: "POST",
            host: exchange.signedHost,
            path: ProtocolV1.path(of: request.endpoint),
            time: now().wall
        )
        var headers = headers(for: exchange)
        headers.add(name: "Content-Type", value: "application/json")
        // `try?` drops an error that may carry the signed URL. The host was checked and the rest is ours,
        // so it cannot happen, and nil is reported as unsent.
        return try? HTTPClient.Request(
            url: "\(exchange)\(signing.path)?\(signing.signedQuery(with: keys))",
            method: .POST,
            headers: headers,
            body: .string(ProtocolV1.body(for: request))
        )
    }

    /// What every call carries; the host is set here because it is signed, lest the two drift apart.
    private func headers(for exchange: ExchangeURL) -> HTTPHeaders {
        ["Host": exchange.signedHost, "Accept": "application/json", "User-Agent": "quash"]
    }

    private func perform(
        _ call: HTTPClient.Request?,
        deadline: NIODeadline
    ) async -> Result<Received, SendFailure> {
        guard let call else { return .failure(.unsent("no such address")) }
        let collector = AnswerCollector(now: now)
        // The call with a delegate, not the streaming one: its deadline runs until the last byte of the
        // body. No logger is given, for it would print the URL, which is signed.
        let task = client.execute(request: call, delegate: collector, deadline: deadline)
        return await withTaskCancellationHandler {
            do {
                return .success(try await task.get())
            } catch {
                return collector.overlong.map { .success($0) }
                    ?? .failure(SendFailure(error, status: collector.status))
            }
        } onCancel: {
            task.cancel()
        }
    }
}
