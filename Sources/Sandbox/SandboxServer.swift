import Hummingbird
package import Logging
import NIOCore
import ServiceLifecycle

/// The practice exchange on a socket.
///
/// It runs until its task is cancelled or its service group shuts down gracefully; then hanging
/// requests are let go and connections close. Answers are made by the `Exchange`, which callers in
/// the same process may use directly while the server runs.
package struct SandboxServer: Service {
    /// Where the server listens, and how patient it is.
    package struct Settings: Sendable {
        /// `127.0.0.1`, `localhost` or `::1`.
        package var host: String
        /// The port; 0 for any free one.
        package var port: Int
        /// How long a hanging request is held before its connection closes.
        package var hangLimit: Duration

        /// Makes settings; a free port of this machine unless told otherwise.
        package init(
            host: String = "127.0.0.1",
            port: Int = 0,
            hangLimit: Duration = .seconds(60)
        ) {
            self.host = host
            self.port = port
            self.hangLimit = hangLimit
        }
    }

    /// An address that accepts connections.
    package struct Endpoint: Sendable, Equatable {
        /// The address, without brackets.
        package let host: String
        /// The port.
        package let port: Int

        /// The base address for clients, `http://127.0.0.1:41234`.
        package var url: String { "http://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    }

    private let exchange: Exchange
    private let settings: Settings
    private let clock: any Clock<Duration>
    private let logger: Logger
    private let announcement = Announcement<Endpoint>()

    /// Prepares a server; nothing listens before `run`.
    ///
    /// - Parameters:
    ///   - exchange: what answers.
    ///   - settings: where to listen.
    ///   - clock: waits out latencies and hangs.
    ///   - logger: hears of the server's own troubles; silent unless given.
    /// - Throws: `BadInput` for an address other machines could reach, since the sandbox holds keys
    ///   and has no protection of its own, or for an impossible port.
    package init(
        exchange: Exchange,
        settings: Settings = Settings(),
        clock: any Clock<Duration> = ContinuousClock(),
        logger: Logger? = nil
    ) throws(BadInput) {
        guard ["127.0.0.1", "localhost", "::1"].contains(settings.host) else {
            throw BadInput("The sandbox listens on 127.0.0.1 only, not on \(settings.host).")
        }
        guard 0...65_535 ~= settings.port else {
            throw BadInput("There is no port \(settings.port).")
        }
        self.exchange = exchange
        self.settings = settings
        self.clock = clock
        self.logger = logger ?? Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    }

    /// Where the server listens; waits until it does.
    ///
    /// - Throws: what `run` failed with, if it never came to listen.
    package var listening: Endpoint {
        get async throws { try await announcement.value }
    }

    /// Serves until shut down.
    ///
    /// - Throws: what kept the server from listening, such as a port in use.
    package func run() async throws {
        // Resolved here, since a hosts file could make `localhost` mean any address.
        let host = settings.host == "localhost" ? "127.0.0.1" : settings.host
        let app = Application(
            router: router(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: settings.port),
                backlog: 1024
            ),
            onServerRunning: { [announcement] channel in
                let port = channel.localAddress?.port ?? settings.port
                announcement.make(.success(Endpoint(host: host, port: port)))
            },
            logger: logger
        )
        do {
            try await app.run()
            announcement.make(.failure(CancellationError()))
        } catch {
            announcement.make(.failure(error))
            throw error
        }
    }

    private func router() -> Router<SandboxContext> {
        let router = Router(context: SandboxContext.self)
        let line = Line(hangLimit: settings.hangLimit, clock: clock)
        BusinessEndpoints(exchange: exchange, line: line).add(to: router)
        PublicEndpoints(exchange: exchange, line: line).add(to: router)
        AdminEndpoints(exchange: exchange).add(to: router)
        return router
    }
}
