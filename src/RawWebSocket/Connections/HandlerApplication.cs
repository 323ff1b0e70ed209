namespace RawWebSocket.Connections;

/// <summary>An <see cref="IWebSocketHandler"/>: given the events of its connection one after the other.</summary>
internal sealed class HandlerApplication(IWebSocketHandler handler) : ConnectionApplication
{
    protected override async Task HandleAsync(Connection connection)
    {
        await handler.OnOpenedAsync(connection).ConfigureAwait(false);
        while (await connection.WaitToTakeAsync().ConfigureAwait(false))
        {
            await connection.TakeBegun().ConfigureAwait(false);
            while (connection.TryTakeMessage(out var message))
            {
                await handler.OnMessageAsync(connection, message).ConfigureAwait(false);
            }
        }
    }

    protected override async ValueTask OnErrorAsync(Connection connection, Exception exception) =>
        await handler.OnErrorAsync(connection, exception).ConfigureAwait(false);

    protected override async ValueTask OnClosedAsync(Connection connection, WebSocketClosure closure) =>
        await handler.OnClosedAsync(connection, closure).ConfigureAwait(false);
}
