using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Connections;

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
