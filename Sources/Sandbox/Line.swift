import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The way an answer takes back to its caller: in time, late, not at all.
struct Line: Sendable {
    /// How long silence is kept up.
    let hangLimit: Duration
    /// Waits.
    let clock: any Clock<Duration>

    /// Sends a reply, closes the connection instead, or keeps silent, after the way back.
    func deliver(
        _ reply: Reply,
        after travel: Duration = .zero,
        to context: SandboxContext
    ) async throws -> Response {
        switch reply.delivery {
        case .whole:
            try await pause(travel)
            return Response(reply)
        case .closed:
            try await pause(travel)
        case .silence:
            await keepSilent(context.channel)
        }
        return await close(context)
    }

    /// Waits out one way.
    func pause(_ duration: Duration) async throws {
        guard duration > .zero else { return }
        try await clock.sleep(for: duration)
    }

    /// Closes the connection; the response it gives falls on deaf ears.
    private func close(_ context: SandboxContext) async -> Response {
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
}

extension Response {
    /// Puts a reply into HTTP.
    fileprivate init(_ reply: Reply) {
        var headers = reply.rate.map(HTTPFields.init) ?? [:]
        headers[.contentType] = reply.contentType
        headers[.retryAfter] = reply.retryAfter.map(String.init)
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
