using System.Diagnostics;

namespace RawWebSocket.Connections;

/// <summary>A delegate that owns its connection: it asks for messages if it wants them, and its return closes.</summary>
internal sealed class DelegateApplication(Func<WebSocketConnection, Task> handler) : ConnectionApplication
{
    public override async Task RunAsync(Connection connection)
    {
        try
        {
            await handler(connection).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Fail(connection, exception);
        }

        await FinishAsync(connection).ConfigureAwait(false);
    }

    public override Task ResumeAsync(Connection connection) => throw new UnreachableException("A delegate waits by itself.");
}
