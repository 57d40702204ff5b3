import HTTPTypes
import Hummingbird
import NIOCore

/// The signed calls over HTTP: waits and faults of the transport, everything else being the
/// exchange's.
struct BusinessEndpoints: Sendable {
    /// What answers.
    let exchange: Exchange
    /// How answers go out.
    let line: Line

    /// More than ten ids of twenty digits ever take, by far.
    private static let bodyLimit = 64 * 1024

    /// Adds the endpoints to a router.
    func add(to router: Router<SandboxContext>) {
        for endpoint in Exchange.Endpoint.allCases {
            router.post(RouterPath(endpoint.path)) { request, context in
                try await answer(request, at: endpoint, context)
            }
        }
    }

    private func answer(
        _ request: Request,
        at endpoint: Exchange.Endpoint,
        _ context: SandboxContext
    ) async throws -> Response {
        let travel = exchange.travel()
        try await line.pause(travel.forward)
        let ticket = exchange.arrive(SignedCall(request), at: endpoint)
        let body = try await request.body.collect(upTo: Self.bodyLimit)
        let reply = exchange.answer(ticket, body: Array(body.readableBytesView))
        return try await line.deliver(reply, after: travel.back, to: context)
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
