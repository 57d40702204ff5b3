import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a call brought no answer, in our own words: the client's errors may carry the signed URL.
enum SendFailure: Error, Hashable {
    /// No connection was made, so nothing of the request left this machine.
    case unsent(String)
    /// Anything else: the exchange may have seen the request.
    case lost(String)

    /// Judges an error of the HTTP client.
    ///
    /// `unsent` is claimed only for errors that can come solely from making a connection. AsyncHTTPClient
    /// hands a request to a connection once it stands, and fails one that still waits in its queue under the
    /// lock it would be handed over under. Every other error, and every error we do not know, is `lost`;
    /// above all the deadline, which may strike at any moment.
    ///
    /// - Parameters:
    ///   - error: What the HTTP client threw.
    ///   - status: The HTTP status, if the head of an answer had come.
    init(_ error: any Error, status: Int?) {
        if status == nil, let words = Self.connectFailure(error) {
            self = .unsent(words)
        } else {
            let head = status.map { ", after the head of an HTTP \($0)" } ?? ""
            self = .lost(Self.words(for: error) + head)
        }
    }

    private static func words(for error: any Error) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded?: "no answer within the timeout"
        case .remoteConnectionClosed?: "the connection was closed before the answer was complete"
        case .cancelled?: "the wait for the answer was interrupted"
        default:
            error is HTTPParserError
                ? "the answer is not HTTP"
                : "the connection failed before the answer was complete"
        }
    }

    private static func connectFailure(_ error: any Error) -> String? {
        switch error {
        case let error as HTTPClientError: connectFailure(error)
        case let error as NIOConnectionError:
            error.connectionErrors.isEmpty ? "name not resolved" : "no connection"
        // An established TCP connection is reset, closed or timed out, but never refused.
        case let error as IOError where error.errnoCode == ECONNREFUSED: "connection refused"
        default: isHandshakeFailure(error) ? "TLS handshake failed" : nil
        }
    }

    private static func connectFailure(_ error: HTTPClientError) -> String? {
        switch error {
        case .connectTimeout, .getConnectionFromPoolTimeout: "no connection in time"
        case .tlsHandshakeTimeout: "no TLS handshake in time"
        case .alreadyShutdown: "the client is shut down"
        default: nil
        }
    }

    /// Whether TLS failed before the first byte of a request could pass.
    ///
    /// By name, since the package of these types is not among our dependencies; a renamed type falls back
    /// to `lost`, which is safe.
    private static func isHandshakeFailure(_ error: any Error) -> Bool {
        let name = "\(String(reflecting: type(of: error))).\(error)"
        return name.hasPrefix("NIOSSL.NIOSSLError.handshakeFailed")
            || name.hasPrefix("NIOSSL.NIOSSLExtraError.NIOSSLExtraError.failedToValidateHostname")
    }
}
