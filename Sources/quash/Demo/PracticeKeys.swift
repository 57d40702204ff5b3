import HTX
import Sandbox

/// The keys of the practice exchange.
///
/// They open nothing else, so they may stand here.
enum PracticeKeys {
    /// The practice exchange's side of an account.
    static func account(_ name: String) -> Exchange.Account {
        let keys = credentials(for: name)
        return Exchange.Account(name: name, accessKey: keys.accessKey, secretKey: keys.secretKey)
    }

    /// The runner's side of it.
    static func credentials(for name: String) -> Credentials {
        Credentials(accessKey: "practice-\(name)-access", secretKey: "practice-\(name)-secret")
    }

    /// The lines that set them in a shell.
    static func exports(for name: String) -> String {
        let keys = credentials(for: name)
        let names = Credentials.variables(for: name)
        return "export \(names.accessKey)=\(keys.accessKey) \(names.secretKey)=\(keys.secretKey)"
    }
}
