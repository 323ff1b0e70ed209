using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Receiving;

namespace RawWebSocket.Connections;

/// <content>What a connection has only because its application has asked for it, or posts more than is read.</content>
internal sealed partial class Connection
{
    // Most connections live without.
    private Belongings? _belongings;

    private Belongings Own => LazyInitializer.EnsureInitialized(ref _belongings, static () => new Belongings());

    public override IDictionary<object, object?> Items => Own.Items ??= new Dictionary<object, object?>();

    public override IServiceProvider Services
    {
        get
        {
            if (_activated.Scope is { } handlers)
            {
                return handlers.ServiceProvider;
            }

            lock (Own)
            {
                ObjectDisposedException.ThrowIf(Own.IsScopeOver, typeof(IServiceProvider));
                return (Own.Scope ??= Shared.Scopes.CreateAsyncScope()).ServiceProvider;
            }
        }
    }

    // From then on none is made, because nobody would dispose it.
    private ValueTask EndScopeAsync()
    {
        AsyncServiceScope? scope;
        lock (Own)
        {
            Own.IsScopeOver = true;
            scope = Own.Scope;
        }

        return scope?.DisposeAsync() ?? ValueTask.CompletedTask;
    }

    // The application's; those of keep-alive need none.
    private PingTracker Pings => LazyInitializer.EnsureInitialized(ref Own.Pings, () => new PingTracker(Shared.Time));

    private sealed class Belongings
    {
        public Dictionary<object, object?>? Items;
        public AsyncServiceScope? Scope;
        public bool IsScopeOver;
        public PingTracker? Pings;

        // The latest message that was asked for as a stream.
        public IncomingStream? Stream;

        // Posts; counted under the send queue's lock.
        public long MessagesDropped;
    }
}
