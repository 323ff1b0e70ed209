using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Connections;

namespace RawWebSocket.Hosting;

/// <summary>What runs one connection, and what was made for it alone.</summary>
/// <param name="Application">Runs the user's code.</param>
/// <param name="Handler">The handler, unless the endpoint has a delegate.</param>
/// <param name="Scope">The service scope that the handler was made in, if it was.</param>
/// <param name="Owned">A handler that no scope disposes.</param>
internal sealed record ActivatedHandler(
    ConnectionApplication Application, IWebSocketHandler? Handler = null, AsyncServiceScope? Scope = null, object? Owned = null)
    : IAsyncDisposable
{
    /// <summary>Disposes the handler first, which may still need the services that it was made with.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await DisposeOwnedAsync().ConfigureAwait(false);
        }
        finally
        {
            if (Scope is { } scope)
            {
                await scope.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async ValueTask DisposeOwnedAsync()
    {
        switch (Owned)
        {
            case IAsyncDisposable disposable:
                await disposable.DisposeAsync().ConfigureAwait(false);
                break;
            case IDisposable disposable:
                disposable.Dispose();
                break;
        }
    }
}

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
