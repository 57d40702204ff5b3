import AsyncHTTPClient
import Cancels
import NIOCore

extension HTTPClient.Configuration {
    /// A client that does what it is told once, and nothing besides.
    ///
    /// One request has one token, and an intent on disk that names it. So everything by which an HTTP client
    /// would send twice, send elsewhere, or send later is off, and each default is named here, whether it is
    /// changed or kept:
    ///
    /// - Redirects are not followed. A redirected POST would be a second request without a token, to a host
    ///   the signature is not for, and the keys would go wherever the answer points.
    /// - Connections are not tried again inside a request. It would go on until the connect timeout and
    ///   hide a dead host from our own failover.
    /// - HTTP/1.1 only. On one HTTP/2 connection the five requests of an account would share one fate and one
    ///   congestion window; on five connections a stall costs one.
    /// - Enough connections for every token at once, opened ahead of need, so that neither a queue nor a
    ///   handshake delays a request whose token is running; kept five minutes rather than one, since the
    ///   next job often comes after a pause.
    /// - No read timeout: the deadline of the whole request is the one limit. The write timeout likewise.
    /// - TLS is verified against the system's roots and the host name: the default, and there is no setting
    ///   to weaken it. No proxy: the default, and the environment is not consulted for one.
    /// - Answers may come compressed (htx-api 2.5). They are unpacked only 25-fold, and a longer one fails;
    ///   what is unpacked then meets our own limit.
    /// - No tracer: its spans would carry the signed URL.
    static func oneCall(connect: Duration, connectionsPerHost: Int) -> Self {
        var configuration = Self(
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: .nanoseconds(connect.nanoseconds), read: nil)
        )
        configuration.connectionPool = ConnectionPool(
            idleTimeout: .minutes(5),
            concurrentHTTP1ConnectionsPerHostSoftLimit: connectionsPerHost
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.preWarmedHTTP1ConnectionCount = min(5, connectionsPerHost)
        configuration.httpVersion = .http1Only
        // Taken from the library's own preset: the limit's type is of a package we do not depend on.
        configuration.decompression = Self.singletonConfiguration.decompression
        configuration.tracing.tracer = nil
        return configuration
    }
}
