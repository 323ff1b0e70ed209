using System.Net.WebSockets;
using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Connections;

/// <summary>What an endpoint does with its connections: runs the user's code, and is where its exceptions end.</summary>
internal abstract class ConnectionApplication
{
    private const string HandlerFailed = "The application failed.";

    /// <summary>
    /// Runs beside the receive loop, for as long as the connection is of interest, or until it is <see cref="ResumeAsync">resumed</see>.
    /// </summary>
    public abstract Task RunAsync(Connection connection);

    /// <summary>Goes on after a wait that held nothing.</summary>
    public abstract Task ResumeAsync(Connection connection);

    protected virtual ValueTask OnErrorAsync(Connection connection, Exception exception) => ValueTask.CompletedTask;

    protected virtual ValueTask OnClosedAsync(Connection connection, WebSocketClosure closure) => ValueTask.CompletedTask;

    /// <summary>Takes what the user's code has thrown; it ends with it.</summary>
    protected static void Fail(Connection connection, Exception exception)
    {
        // Otherwise the application stopped because the connection did.
        if (exception is not OperationCanceledException || !connection.Closed.IsCancellationRequested)
        {
            connection.FailHandler(exception);
        }
    }

    /// <summary>From the end of the user's code to its having been told that the connection is closed.</summary>
    protected async Task FinishAsync(Connection connection)
    {
        if (connection.HandlerException is { } failure)
        {
            await GuardAsync(connection, OnErrorAsync(connection, failure)).ConfigureAwait(false);
            connection.StartClose(WebSocketCloseStatus.InternalServerError, HandlerFailed, StreamedMessage.IsInterrupted);
        }
        else if (!connection.Closed.IsCancellationRequested)
        {
            connection.StartClose(WebSocketCloseStatus.NormalClosure, "", StreamedMessage.IsFinished);
        }

        connection.FinishReceiving();
        var closure = await connection.Completion.ConfigureAwait(false);
        await GuardAsync(connection, OnClosedAsync(connection, closure)).ConfigureAwait(false);
    }

    private static async ValueTask GuardAsync(Connection connection, ValueTask call)
    {
        try
        {
            await call.ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            connection.LogHandlerFailure(exception);
        }
    }
}
