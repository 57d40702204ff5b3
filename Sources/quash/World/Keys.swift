import CancelStore
import Configuration
import Crypto
import Foundation
import HTX
import Logging
import SystemPackage

/// Finds the keys of accounts, in the environment first and then in a folder of secrets.
///
/// For `main`: `QUASH_ACCESS_KEY` and `QUASH_SECRET_KEY`, or the files `quash-access-key` and
/// `quash-secret-key`. For another account: `QUASH_DESK2_ACCESS_KEY`, or `quash-desk2-access-key`.
/// They are read once, at start, and never leave memory.
struct Keys {
    private let reader: ConfigReader

    /// Sets up the sources.
    ///
    /// - Throws: `Refusal` where the folder that `QUASH_SECRETS` names cannot be read.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) async throws {
        var providers: [any ConfigProvider] = [
            EnvironmentVariablesProvider(
                environmentVariables: environment,
                secretsSpecifier: .all
            )
        ]
        if let folder = environment["QUASH_SECRETS"], !folder.isEmpty {
            do {
                providers.append(
                    try await DirectoryFilesProvider(directoryPath: FilePath(folder))
                )
            } catch {
                throw Refusal("QUASH_SECRETS names \(folder), which cannot be read as a folder")
            }
        }
        reader = ConfigReader(providers: providers)
    }

    /// The keys of one account; nil where there are none.
    ///
    /// - Throws: `Refusal` where there is only half of them.
    func credentials(for account: String) throws -> Credentials? {
        let prefix = account == "main" ? ["quash"] : ["quash", account]
        let access = value(prefix + ["access", "key"])
        let secret = value(prefix + ["secret", "key"])
        let names = Credentials.variables(for: account)
        switch (access, secret) {
        case (let access?, let secret?): return Credentials(accessKey: access, secretKey: secret)
        case (nil, nil): return nil
        case (_?, nil): throw Refusal("\(names.accessKey) is set, but \(names.secretKey) is not")
        case (nil, _?): throw Refusal("\(names.secretKey) is set, but \(names.accessKey) is not")
        }
    }

    /// The keys of every account of a file that there are keys for.
    func credentials(in store: CancelStore) async throws -> [String: Credentials] {
        let names = try await store.readDetached { try Report($0).accountNames() }
        var found: [String: Credentials] = [:]
        for name in names { found[name] = try credentials(for: name) }
        return found
    }

    /// The keys of every account of a file that there are keys for; an account without is told of and left
    /// alone.
    ///
    /// - Throws: `Refusal` where no account has keys.
    func credentials(in store: CancelStore, logger: Logger) throws -> [String: Credentials] {
        let names = try store.read { try Report($0).accounts().map(\.name) }
        var found: [String: Credentials] = [:]
        for name in names {
            if let credentials = try credentials(for: name) {
                found[name] = credentials
            } else {
                let variables = Credentials.variables(for: name)
                logger.notice(
                    "an account has no keys, so its jobs stay pending",
                    metadata: [
                        "account": "\(name)",
                        "set": "\(variables.accessKey), \(variables.secretKey)",
                    ]
                )
            }
        }
        guard !found.isEmpty else {
            throw Refusal(
                "no account has keys; set QUASH_ACCESS_KEY and QUASH_SECRET_KEY for main, or put them into "
                    + "files of the folder that QUASH_SECRETS names"
            )
        }
        return found
    }

    /// A SHA-256 of the access key, by which two accounts with one key are told to be one UID.
    static func fingerprint(of credentials: Credentials) -> String {
        SHA256.hash(data: Data(credentials.accessKey.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }.joined()
    }

    private func value(_ components: [String]) -> String? {
        let text = reader.string(forKey: ConfigKey(components), isSecret: true)?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return text?.isEmpty == false ? text : nil
    }
}
