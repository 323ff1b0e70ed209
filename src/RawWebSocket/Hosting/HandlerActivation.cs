using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Connections;

namespace RawWebSocket.Hosting;

/// <summary>The three ways to say what an endpoint does, as one: something that makes an <see cref="ActivatedHandler"/>.</summary>
internal static class HandlerActivation
{
    public static Func<ValueTask<ActivatedHandler>> Shared(IWebSocketHandler handler)
    {
        var activated = new ActivatedHandler(new HandlerApplication(handler), handler);
        return () => new(activated);
    }

    public static Func<ValueTask<ActivatedHandler>> Delegate(Func<WebSocketConnection, Task> handler)
    {
        var activated = new ActivatedHandler(new DelegateApplication(handler));
        return () => new(activated);
    }

    public static Func<ValueTask<ActivatedHandler>> PerConnection<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] THandler>(IServiceScopeFactory scopes)
        where THandler : class, IWebSocketHandler => async () =>
        {
            var scope = scopes.CreateAsyncScope();
            try
            {
                var registered = scope.ServiceProvider.GetService<THandler>();
                var handler = registered ?? ActivatorUtilities.CreateInstance<THandler>(scope.ServiceProvider);
                return new ActivatedHandler(new HandlerApplication(handler), handler, scope, registered is null ? handler : null);
            }
            catch
            {
                // Not Dispose, which throws over a service that is only IAsyncDisposable and would hide what went wrong.
                await scope.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        };
}
