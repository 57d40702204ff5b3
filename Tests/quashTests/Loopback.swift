import Foundation
import Glibc

/// One HTTP call to a port of this machine over a socket of its own, which is all the practice
/// exchange needs, and of which nothing can be shared with the client under test.
struct Loopback: Sendable {
    /// The port.
    let port: UInt16

    /// Calls, and gives the body of the answer.
    ///
    /// - Throws: `StageFailure` where nobody answers, or with another status than 200 or 201.
    func call(_ method: String, _ target: String, body: Data = Data()) throws -> Data {
        let descriptor = try connected()
        defer { close(descriptor) }
        let head =
            "\(method) \(target) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n"
            + "Content-Length: \(body.count)\r\n\r\n"
        try send(Data(head.utf8) + body, to: descriptor)
        let answer = try receiveAll(from: descriptor)
        guard let blank = answer.range(of: Data("\r\n\r\n".utf8)) else {
            throw StageFailure("\(method) \(target) was not answered")
        }
        let status = String(decoding: answer.prefix(12), as: UTF8.self).suffix(3)
        let content = answer[blank.upperBound...]
        guard ["200", "201"].contains(status) else {
            let words = String(decoding: content, as: UTF8.self)
            throw StageFailure("\(method) \(target) was answered with \(status): \(words)")
        }
        return Data(content)
    }

    /// A port at which nobody listens: one that was free a moment ago.
    static func closedPort() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = Self.address(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard isBound else { throw StageFailure("no port is free") }
        return UInt16(bigEndian: address.sin_port)
    }

    private func connected() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var patience = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &patience,
            socklen_t(MemoryLayout<timeval>.size)
        )
        var address = Self.address(port: port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            throw StageFailure("nobody listens on port \(port)")
        }
        return descriptor
    }

    private func send(_ bytes: Data, to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw StageFailure("port \(port) hung up") }
            rest = rest.dropFirst(sent)
        }
    }

    private func receiveAll(from descriptor: Int32) throws -> Data {
        var all = Data()
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw StageFailure("port \(port) fell silent") }
            if count == 0 { return all }
            all.append(contentsOf: buffer[..<count])
        }
    }

    private static func address(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}
