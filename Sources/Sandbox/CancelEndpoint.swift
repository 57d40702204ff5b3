import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// `POST /linear-swap-api/v1/swap_cross_track_cancel` over HTTP: waits and faults of the transport,
/// everything else being the exchange's.
struct CancelEndpoint: Sendable {
    /// What answers.
    let exchange: Exchange
    /// How long silence is kept up.
    let hangLimit: Duration
    /// Waits.
    let clock: any Clock<Duration>

    /// The path (htx-api 2).
    static let path = "/linear-swap-api/v1/swap_cross_track_cancel"

    /// More than ten ids of twenty digits ever take, by far.
    private static let bodyLimit = 64 * 1024

    /// Adds the endpoint to a router.
    func add(to router: Router<SandboxContext>) {
        router.post(RouterPath(Self.path)) { request, context in
            try await cancel(request, context)
        }
    }

    private func cancel(_ request: Request, _ context: SandboxContext) async throws -> Response {
        let travel = exchange.travel()
        try await pause(travel.forward)
        let ticket = exchange.arrive(SignedCall(request))
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let reply = exchange.answer(ticket, body: Array(body.readableBytesView))
        switch reply.delivery {
        case .whole:
            try await pause(travel.back)
            return Response(reply)
        case .closed:
            try await pause(travel.back)
        case .silence:
            await keepSilent(context.channel)
        }
        return try await close(context)
    }

    /// Closes the connection; the response it gives falls on deaf ears.
    private func close(_ context: SandboxContext) async throws -> Response {
        // The caller may have been quicker, and either way nothing more is said.
        try? await context.channel.close()
        return Response(status: .internalServerError)
    }

    /// Waits until the caller gives up, the limit is reached or the server shuts down, and closes.
    private func keepSilent(_ channel: any Channel) async {
        // The server lets callers close their sending half early. Here that means they gave up.
        try? await channel.setOption(.allowRemoteHalfClosure, value: false).get()
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // However either ends, and be it by an error, the connection closes next.
                group.addTask { try? await clock.sleep(for: hangLimit) }
                group.addTask { try? await channel.closeFuture.get() }
                await group.next()
                // Waiting for a channel to close cannot be cancelled, only granted.
                group.cancelAll()
                try? await channel.close()
            }
        }
    }

    private func pause(_ duration: Duration) async throws {
        guard duration > .zero else { return }
        try await clock.sleep(for: duration)
    }
}

extension SignedCall {
    /// Takes what is signed from a request, exactly as it came.
    fileprivate init(_ request: Request) {
        self.init(
            method: request.method.rawValue,
            host: request.head.authority ?? "",
            target: request.head.path ?? ""
        )
    }
}

extension Response {
    /// Puts a reply into HTTP.
    fileprivate init(_ reply: Reply) {
        var headers = reply.rate.map(HTTPFields.init) ?? [:]
        headers[.contentType] = reply.contentType
        self.init(
            status: HTTPResponse.Status(code: reply.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body))
        )
    }
}

extension HTTPFields {
    /// Spells the limiter's headers in lower case, as one capture has them (htx-api 4).
    fileprivate init(_ rate: RateHeaders) {
        let values = [
            ("ratelimit-limit", String(rate.limit)),
            ("ratelimit-interval", String(rate.intervalMs)),
            ("ratelimit-remaining", String(rate.remaining)),
            ("ratelimit-reset", String(rate.resetMs)),
        ]
        self.init(
            values.compactMap { name, value in
                HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
            }
        )
    }
}
