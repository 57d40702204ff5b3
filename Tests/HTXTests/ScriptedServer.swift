import Foundation
import Synchronization

/// A server on loopback that does to each request what its script says next, and remembers the requests
/// byte for byte.
///
/// Plain sockets and threads, so that it shares nothing with the client under test. A connection thread
/// ends when either side closes; `deinit` closes every socket. Nothing waits on a clock.
final class ScriptedServer: Sendable {
    /// What to do with one request once it has come in whole.
    enum Move: Sendable {
        /// Write these bytes and keep the connection.
        case reply([UInt8])
        /// Write these bytes, which may be none, and then nothing more.
        case stall(after: String)
        /// Write these bytes, which may be none, and close.
        case close(after: String)

        /// Tell that the request came, and answer it only once that is allowed.
        case hold(arrived: @Sendable () -> Void, until: DispatchSemaphore, answer: [UInt8])

        /// An HTTP answer with its length.
        static func answer(
            _ body: String,
            status: String = "200 OK",
            headers: String = ""
        ) -> Self {
            answer(bytes: Array(body.utf8), status: status, headers: headers)
        }

        /// The same with a body that need not be text.
        static func answer(
            bytes: [UInt8],
            status: String = "200 OK",
            headers: String = ""
        ) -> Self {
            .reply(message(bytes, status: status, headers: headers))
        }

        /// The bytes of an HTTP answer.
        static func message(
            _ body: [UInt8],
            status: String = "200 OK",
            headers: String = ""
        ) -> [UInt8] {
            let head = "HTTP/1.1 \(status)\r\nContent-Length: \(body.count)\r\n\(headers)\r\n"
            return Array(head.utf8) + body
        }
    }

    private struct State {
        var script: [Move]
        var requests: [String] = []
        var sockets: Set<Int32> = []
        var closed = false
    }

    /// The port the system chose.
    let port: Int
    private let listener: Int32
    private let state: Mutex<State>

    /// Listens; with `greeting` each connection gets these bytes at once and is closed, as a server does
    /// that was spoken to in the wrong protocol.
    init(_ script: Move..., greeting: String? = nil) throws {
        state = Mutex(State(script: script))
        (listener, port) = try Self.bindLoopback()
        guard listen(listener, 64) == 0 else { throw POSIXError(.EADDRINUSE) }
        let (listener, state) = (listener, Unowned(self))
        Thread.detachNewThread {
            while case let socket = accept(listener, nil, nil), socket >= 0 {
                guard let server = state.value, server.adopt(socket) else { break }
                Thread.detachNewThread { server.serve(socket, greeting: greeting) }
            }
            close(listener)
        }
    }

    deinit { stop() }

    /// The base URL.
    var url: String { "http://127.0.0.1:\(port)" }

    /// The requests so far, heads and bodies as they came.
    var requests: [String] { state.withLock(\.requests) }

    /// Closes every socket, which ends every thread.
    func stop() {
        state.withLock {
            $0.closed = true
            $0.sockets.forEach { _ = shutdown($0, Int32(SHUT_RDWR)) }
        }
        _ = shutdown(listener, Int32(SHUT_RDWR))
    }

    /// A port that is taken and not listened on: it refuses every connection while `socket` is open.
    static func bindLoopback() throws -> (socket: Int32, port: Int) {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) != 0 || getsockname(socket, $0, &length) != 0
            }
        }
        guard socket >= 0, !failed else { throw POSIXError(.EADDRNOTAVAIL) }
        return (socket, Int(UInt16(bigEndian: address.sin_port)))
    }

    private func adopt(_ socket: Int32) -> Bool {
        state.withLock { state in
            guard !state.closed else {
                close(socket)
                return false
            }
            state.sockets.insert(socket)
            return true
        }
    }

    private func serve(_ socket: Int32, greeting: String?) {
        defer {
            state.withLock { _ = $0.sockets.remove(socket) }
            close(socket)
        }
        if let greeting {
            _ = receive(socket)
            return write(Array(greeting.utf8), to: socket)
        }
        var pending: [UInt8] = []
        while let request = readRequest(socket, &pending) {
            let move = state.withLock { state -> Move? in
                state.requests.append(request)
                return state.script.isEmpty ? nil : state.script.removeFirst()
            }
            switch move {
            case .reply(let bytes): write(bytes, to: socket)
            case .hold(let arrived, let gate, let answer):
                arrived()
                gate.wait()
                write(answer, to: socket)
            case .stall(let text):
                write(Array(text.utf8), to: socket)
                while receive(socket) != nil {}
                return
            case .close(let text):
                return write(Array(text.utf8), to: socket)
            case nil: return
            }
        }
    }

    /// One request, by its blank line and its Content-Length; nil once the other side has closed.
    private func readRequest(_ socket: Int32, _ pending: inout [UInt8]) -> String? {
        while true {
            let text = String(decoding: pending, as: UTF8.self)
            if let end = text.range(of: "\r\n\r\n") {
                let head = text[..<end.upperBound]
                let length =
                    head.split(separator: "\r\n")
                    .first { $0.lowercased().hasPrefix("content-length:") }
                    .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
                let whole = head.utf8.count + length
                if pending.count >= whole {
                    defer { pending.removeFirst(whole) }
                    return String(decoding: pending.prefix(whole), as: UTF8.self)
                }
            }
            guard let more = receive(socket) else { return nil }
            pending += more
        }
    }

    private func receive(_ socket: Int32) -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? Array(buffer.prefix(count)) : nil
    }

    private func write(_ bytes: [UInt8], to socket: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

/// Lets the accepting thread look at its server without keeping it alive.
private struct Unowned: @unchecked Sendable {
    // A weak reference is read atomically; the wrapper is immutable apart from that.
    weak var value: ScriptedServer?
    init(_ value: ScriptedServer) { self.value = value }
}
