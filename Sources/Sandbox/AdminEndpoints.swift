import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The calls under `/sandbox/`, with which tests and people set the stage and look behind it.
///
/// A request that makes no sense gets HTTP 400 and `{"error": …}` with a sentence. No answer holds
/// a secret key.
struct AdminEndpoints: Sendable {
    /// What is set up and looked at.
    let exchange: Exchange

    /// A million explicit ids with quotes and commas are 24 MB.
    private static let bodyLimit = 32 * 1024 * 1024

    /// Adds the calls to a router.
    func add(to router: Router<SandboxContext>) {
        let group = router.group("/sandbox")
        group.post("accounts") { request, _ in try await respond { try await open(request) } }
        group.post("accounts/:name/keys") { request, context in
            try await respond { try await replaceKeys(request, context) }
        }
        group.post("orders") { request, _ in try await respond { try await seed(request) } }
        group.get("orders") { request, _ in try await respond { try orders(request) } }
        group.post("fire") { request, _ in try await respond { try await fire(request) } }
        group.post("fail") { request, _ in try await respond { try await fail(request) } }
        group.get("arrivals") { request, _ in try await respond { try arrivals(request) } }
        group.get("summary") { _, _ in try Response(json: exchange.summary()) }
        group.get("faults") { _, _ in try Response(json: exchange.faults) }
        group.put("faults") { request, _ in try await respond { try await inject(request) } }
        group.post("reset") { _, _ in
            exchange.reset()
            return try Response(json: [String: String]())
        }
    }

    // MARK: The calls

    private func open(_ request: Request) async throws -> Response {
        let body = try await decode(AdminBody.Account.self, from: request)
        try exchange.add(
            Exchange.Account(
                name: body.name,
                accessKey: body.accessKey,
                secretKey: body.secretKey
            )
        )
        return try Response(status: .created, json: ["name": body.name])
    }

    private func replaceKeys(
        _ request: Request,
        _ context: SandboxContext
    ) async throws -> Response {
        let name = try context.parameters.require("name")
        let body = try await decode(AdminBody.Keys.self, from: request)
        try exchange.replaceKeys(
            of: Exchange.Account(
                name: name,
                accessKey: body.accessKey,
                secretKey: body.secretKey
            )
        )
        return try Response(json: ["name": name])
    }

    private func arrivals(_ request: Request) throws -> Response {
        let since = try request.uri.queryParameters["since"].map { text throws(BadInput) in
            guard let since = Int(text) else { throw BadInput("since must be a whole number.") }
            return since
        }
        return try Response(json: ["arrivals": exchange.arrivals(since: since ?? 0)])
    }

    private func inject(_ request: Request) async throws -> Response {
        try exchange.inject(try await decode(Faults.self, from: request))
        return try Response(json: exchange.faults)
    }

    // MARK: Bodies and mistakes

    private func respond(_ call: () async throws -> Response) async throws -> Response {
        do {
            return try await call()
        } catch let error as BadInput {
            return try Response(status: .badRequest, json: ["error": error.sentence])
        }
    }

    /// Reads a body.
    ///
    /// - Throws: `BadInput` where it is not one of that type.
    func decode<Body: Decodable>(
        _ type: Body.Type,
        from request: Request
    ) async throws -> Body {
        let bytes = try await request.body.collect(upTo: Self.bodyLimit)
        do {
            return try JSONDecoder().decode(type, from: Data(bytes.readableBytesView))
        } catch let error as DecodingError {
            throw BadInput(error)
        }
    }
}
