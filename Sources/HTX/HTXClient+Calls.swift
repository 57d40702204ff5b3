import AsyncHTTPClient
import Cancels
import NIOCore
import NIOHTTP1
import Synchronization

extension HTXClient {
    /// The call, signed for one host and this second of a clock so far from this machine's.
    func call(
        for request: Request,
        exchange: ExchangeURL,
        keys: Credentials,
        offset: Int64
    ) -> HTTPClient.Request? {
        let signing = Signing(
            method: "POST",
            host: exchange.signedHost,
            path: ProtocolV1.path(of: request.call),
            time: WallTime(milliseconds: now().wall.milliseconds + offset)
        )
        var headers = headers(for: exchange)
        headers.add(name: "Content-Type", value: "application/json")
        // `try?` drops an error that may carry the signed URL. The host was checked and the rest is
        // ours, so it cannot happen, and nil is reported as unsent.
        return try? HTTPClient.Request(
            url: "\(exchange)\(signing.path)?\(signing.signedQuery(with: keys))",
            method: .POST,
            headers: headers,
            body: .string(ProtocolV1.body(for: request))
        )
    }

    /// Asks a public path, unsigned.
    func ask(
        _ exchange: ExchangeURL,
        for path: String,
        deadline: NIODeadline
    ) async -> Result<Received, SendFailure> {
        // `try?`, and nil is reported as unsent: the host was checked and the path is ours.
        let call = try? HTTPClient.Request(
            url: "\(exchange)\(path)",
            headers: headers(for: exchange)
        )
        return await perform(call, deadline: deadline)
    }

    /// What every call carries; the host is set here because it is signed, lest the two drift
    /// apart.
    ///
    /// No compression is asked for: fifty orders that were placed together are so much alike that
    /// they unpack to more than the 25-fold at which the client gives an answer up.
    private func headers(for exchange: ExchangeURL) -> HTTPHeaders {
        [
            "Host": exchange.signedHost, "Accept": "application/json",
            "Accept-Encoding": "identity", "User-Agent": "quash",
        ]
    }

    /// Makes one call and waits for the last byte of its answer.
    func perform(
        _ call: HTTPClient.Request?,
        deadline: NIODeadline
    ) async -> Result<Received, SendFailure> {
        guard let call else { return .failure(.unsent("no such address")) }
        let collector = AnswerCollector(now: now)
        // The call with a delegate, not the streaming one: its deadline runs until the last byte of
        // the body. No logger is given, for it would print the URL, which is signed.
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

extension HTXClient {
    /// Opens connections, so that no TLS handshake spends a token's time: to the first host five an
    /// account at once, and one to each host after it, by asking the public time.
    ///
    /// It is only ever an advantage, so a failure is no news here: the first request meets it again
    /// and reports it. At most `warmLimit` are opened, since the time counts against 240 public
    /// requests in three seconds for this address (htx-api 4).
    package func warm() async {
        let exchanges = circuits.withLock(\.exchanges)
        guard let first = exchanges.first else { return }
        let deadline = NIODeadline.now() + .nanoseconds(timeout.nanoseconds)
        let count = min(5 * credentials.withLock(\.count), connectionsPerHost, Self.warmLimit)
        let calls = Array(repeating: first, count: count) + exchanges.dropFirst()
        await withTaskGroup { group in
            for exchange in calls {
                group.addTask {
                    _ = await self.ask(exchange, for: ProtocolV1.timePath, deadline: deadline)
                }
            }
        }
    }

    /// Half of what the exchange grants one address for public requests in three seconds.
    private static let warmLimit = 120
}
