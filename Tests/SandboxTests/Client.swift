import Foundation
import Glibc

import Sandbox

/// A connection that speaks as much HTTP as the tests need, written on bare sockets.
///
/// Its calls block, so they run on a thread of their own: see `onThread`. Unchecked, since a test
/// hands a connection from one thread to the next and never uses it from two.
final class Connection: @unchecked Sendable {
    /// A response taken apart.
    struct Response: Equatable {
        var status: Int
        var headers: [String: String]
        var body: Data
    }

    struct Failure: Error {
        var call: String
        var code: Int32
    }

    private let socket: Int32
    private var received = Data()

    init(to endpoint: SandboxServer.Endpoint) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        // Nothing in the tests takes seconds: this only keeps a broken server from hanging them.
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            socket,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(endpoint.port).bigEndian
        address.sin_addr.s_addr = inet_addr(endpoint.host)
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure(call: "connect", code: errno) }
    }

    deinit { close(socket) }

    /// Sends one request, without waiting for anything.
    func send(
        _ method: String,
        _ target: String,
        host: String = Vector.host,
        body: String = ""
    ) throws {
        let head = """
            \(method) \(target) HTTP/1.1\r
            Host: \(host)\r
            Content-Type: application/json\r
            Content-Length: \(body.utf8.count)\r
            \r\n
            """
        let bytes = Array((head + body).utf8)
        guard Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
        else { throw Failure(call: "send", code: errno) }
    }

    /// Waits for the next response; nil where the server closes without a byte.
    func receive() throws -> Response? {
        let blank = Data("\r\n\r\n".utf8)
        while received.range(of: blank) == nil {
            guard try readSome() else {
                guard received.isEmpty else { throw Failure(call: "torn head", code: 0) }
                return nil
            }
        }
        guard let end = received.range(of: blank) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self)
            .components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let sides = line.components(separatedBy: ": ")
            headers[sides[0]] = sides.dropFirst().joined(separator: ": ")
        }
        let length =
            Int(headers.first { $0.key.lowercased() == "content-length" }?.value ?? "") ?? 0
        received = Data(received[end.upperBound...])
        while received.count < length {
            guard try readSome() else { throw Failure(call: "torn body", code: 0) }
        }
        let body = received.prefix(length)
        received = Data(received.dropFirst(length))
        let status = Int(lines[0].split(separator: " ")[1]) ?? 0
        return Response(status: status, headers: headers, body: Data(body))
    }

    /// Sends one request and waits for its response.
    func call(
        _ method: String,
        _ target: String,
        host: String = Vector.host,
        body: String = ""
    ) throws -> Response? {
        try send(method, target, host: host, body: body)
        return try receive()
    }

    private func readSome() throws -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count >= 0 else {
            // A reset is how a kernel says that the other side closed early.
            if errno == ECONNRESET { return false }
            throw Failure(call: "recv", code: errno)
        }
        received.append(contentsOf: buffer[..<count])
        return count > 0
    }
}

/// Runs blocking work on a thread of its own, so that it starves no task.
func onThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}

extension Stage {
    /// Serves the stage on a free port while the work, which may block, is under way.
    func served<Value: Sendable>(
        hangLimit: Duration = .seconds(60),
        _ work: @escaping @Sendable (SandboxServer.Endpoint) throws -> Value
    ) async throws -> Value {
        let server = try SandboxServer(exchange: exchange, settings: .init(hangLimit: hangLimit))
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            let endpoint = try await server.listening
            let value = try await onThread { try work(endpoint) }
            group.cancelAll()
            return value
        }
    }
}
