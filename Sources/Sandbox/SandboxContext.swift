import Hummingbird
import NIOCore

/// The context of one request, which keeps hold of its connection.
///
/// Only with the connection in hand can an endpoint close it without a byte.
struct SandboxContext: RequestContext {
    /// What the framework keeps.
    var coreContext: CoreRequestContextStorage
    /// The connection the request came over.
    let channel: any Channel

    /// Takes the connection over from the server.
    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }
}
