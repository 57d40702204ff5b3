import CancelStore
import Cancels
import HTX
import Logging
import ServiceLifecycle
import Synchronization

/// The accounts a runner serves and their keys, kept up to date while it runs.
///
/// An account that is declared later, and keys that are put right in the folder of secrets, are taken up
/// within seconds, so that nobody has to stop a runner to mend one account. The environment of a process never
/// changes: keys in it do need a new start.
final class Roster: Service {
    /// How often it looks: every 2 s.
    private static let interval: Duration = .seconds(2)

    private let held: Mutex<[String: Credentials]>
    private let look: @Sendable () async throws -> [String: Credentials]
    private let enlist: @Sendable ([String: Credentials]) async throws -> Void
    private let announce: @Sendable () -> Void
    private let logger: Logger

    /// Starts with what is there.
    ///
    /// - Parameters:
    ///   - credentials: The keys by account name.
    ///   - look: Reads them anew.
    ///   - enlist: Makes changed ones usable; called before they are served.
    ///   - announce: Told once they are served, since nothing else may wake the runner.
    ///   - logger: Hears of what changes.
    init(
        _ credentials: [String: Credentials],
        look: @escaping @Sendable () async throws -> [String: Credentials],
        enlist: @escaping @Sendable ([String: Credentials]) async throws -> Void,
        announce: @escaping @Sendable () -> Void,
        logger: Logger
    ) {
        held = Mutex(credentials)
        self.look = look
        self.enlist = enlist
        self.announce = announce
        self.logger = logger
    }

    /// The accounts, by name.
    var accounts: [String] { held.withLock { $0.keys.sorted() } }

    func run() async {
        var complaint = ""
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            do {
                try await refresh()
                complaint = ""
            } catch {
                // What cannot be read now is read later; what was served goes on. Said once, not every 2 s.
                if complaint != "\(error)" {
                    logger.warning("accounts and keys were not read anew: \(error)")
                }
                complaint = "\(error)"
            }
            // `try?`: a graceful stop interrupts the wait, and the loop ends.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    /// Takes up what is new or has changed; an account whose keys are gone keeps those it had.
    func refresh() async throws {
        let before = held.withLock(\.self)
        let changed = try await look().filter { name, credentials in
            before[name].map { !$0.areSame(as: credentials) } ?? true
        }
        guard !changed.isEmpty else { return }
        try await enlist(changed)
        held.withLock { $0.merge(changed) { $1 } }
        announce()
        for name in changed.keys.sorted() {
            logger.notice(
                before[name] == nil
                    ? "an account is served from now on" : "an account has new keys",
                metadata: ["account": "\(name)"]
            )
        }
    }
}

extension Credentials {
    fileprivate func areSame(as other: Credentials) -> Bool {
        accessKey == other.accessKey && secretKey == other.secretKey
    }
}
