using System.Net.WebSockets;

namespace RawWebSocket.Connections;

/// <summary>What an endpoint does with its connections: runs the user's code, and is where its exceptions end.</summary>
internal abstract class ConnectionApplication
{
    private const string HandlerFailed = "The application failed.";

    /// <summary>Runs beside the receive loop, for as long as the connection is of interest.</summary>
    public async Task RunAsync(Connection connection)
    {
        try
        {
            await HandleAsync(connection).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (connection.Closed.IsCancellationRequested)
        {
            // The application stopped because the connection did.
        }
        catch (Exception exception)
        {
            connection.FailHandler(exception);
        }

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

    protected abstract Task HandleAsync(Connection connection);

    protected virtual ValueTask OnErrorAsync(Connection connection, Exception exception) => ValueTask.CompletedTask;

    protected virtual ValueTask OnClosedAsync(Connection connection, WebSocketClosure closure) => ValueTask.CompletedTask;

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
