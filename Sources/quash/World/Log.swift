import Logging

/// The logger of the commands: standard error, one line a notice.
enum Log {
    /// Notices and worse; the libraries below are quiet unless something is wrong.
    static func make() -> Logger {
        var logger = Logger(label: "quash") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .notice
        return logger
    }
}
