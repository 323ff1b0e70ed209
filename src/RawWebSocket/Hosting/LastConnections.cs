using Microsoft.Extensions.Hosting;
using RawWebSocket.Connections.Lifetime;

namespace RawWebSocket.Hosting;

/// <summary>
/// Lets the host's stop wait for connections that have outlived their requests, as the server waits for requests: until all have ended, or the
/// host's time is over.
/// </summary>
/// <param name="connections">Those connections.</param>
internal sealed class LastConnections(OutlivingConnections connections) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await connections.Emptied.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The host's time is over, and with it the process.
        }
    }
}
