import AsyncHTTPClient
import Cancels
import NIOCore
import NIOHTTP1
import Synchronization

/// What came back over HTTP, before it is read.
package struct Received: Sendable {
    /// The HTTP status.
    let status: Int
    /// What its headers say of the limit.
    let limit: LimitReport?
    /// When its headers say that a ban ends, in epoch milliseconds.
    let recovery: Int64?
    /// When the head came.
    let headAt: Now
    /// The body, decompressed, at most `bodyLimit` bytes of it.
    var body: [UInt8] = []
    /// Whether the body was longer.
    var truncated = false

    /// 1 MiB: an answer for ten ids has about 1 KiB and a page of fifty orders about 40 KiB, and
    /// what is many times that is no answer.
    package static let bodyLimit = 1 << 20
}

/// Gathers one answer as it comes in, and gives up on a body that is too long.
final class AnswerCollector: HTTPClientResponseDelegate {
    private struct TooLong: Error {}
    private struct NoHead: Error {}

    private let now: @Sendable () -> Now
    // Behind a lock because the caller looks at it after a failure, while the event loop may still write.
    private let received = Mutex<Received?>(nil)

    /// Starts with nothing received.
    init(now: @escaping @Sendable () -> Now) { self.now = now }

    /// The status, as soon as the head has come.
    var status: Int? { received.withLock { $0?.status } }

    /// What was received, if it was given up for its length.
    var overlong: Received? { received.withLock { $0?.truncated == true ? $0 : nil } }

    /// Notes the head and when it came.
    func didReceiveHead(
        task: HTTPClient.Task<Received>,
        _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        let start = Received(
            status: Int(head.status.code),
            limit: RateLimit.report(from: head.headers),
            recovery: RateLimit.recovery(from: head.headers),
            headAt: now()
        )
        received.withLock { $0 = start }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    /// Keeps a part of the body; the first byte over the limit ends the call.
    func didReceiveBodyPart(
        task: HTTPClient.Task<Received>,
        _ buffer: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let fits = received.withLock { received in
            let room = Received.bodyLimit - (received?.body.count ?? 0)
            received?.body += buffer.readableBytesView.prefix(room)
            guard buffer.readableBytes > room else { return true }
            received?.truncated = true
            return false
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture()
            : task.eventLoop.makeFailedFuture(TooLong())
    }

    /// The whole answer.
    ///
    /// - Throws: If no head came, which the HTTP client rules out.
    func didFinishRequest(task: HTTPClient.Task<Received>) throws -> Received {
        guard let received = received.withLock({ $0 }) else { throw NoHead() }
        return received
    }
}
