using RawWebSocket.Connections.Receiving;

namespace RawWebSocket.Connections;

/// <summary>An <see cref="IWebSocketHandler"/>: given the events of its connection one after the other.</summary>
/// <remarks>
/// While it waits for a message nothing of it runs and nothing is held for it: whoever has a message gives it to the handler directly, and
/// resumes it only when that is not finished at once, when more waits, or at the end.
/// </remarks>
internal sealed class HandlerApplication(IWebSocketHandler handler) : ConnectionApplication
{
    public override Task RunAsync(Connection connection) => HandleAsync(connection, isOpened: false);

    public override Task ResumeAsync(Connection connection) => HandleAsync(connection, isOpened: true);

    protected override async ValueTask OnErrorAsync(Connection connection, Exception exception) =>
        await handler.OnErrorAsync(connection, exception).ConfigureAwait(false);

    protected override async ValueTask OnClosedAsync(Connection connection, WebSocketClosure closure) =>
        await handler.OnClosedAsync(connection, closure).ConfigureAwait(false);

    private async Task HandleAsync(Connection connection, bool isOpened)
    {
        try
        {
            if (isOpened)
            {
                await connection.TakeBegun().ConfigureAwait(false);
            }
            else
            {
                await handler.OnOpenedAsync(connection).ConfigureAwait(false);
            }

            HandlerTurn turn;
            do
            {
                while (connection.TryTakeMessage(out var message))
                {
                    await handler.OnMessageAsync(connection, message).ConfigureAwait(false);
                }

                turn = connection.WaitForMessage();
            }
            while (turn == HandlerTurn.Takes);

            if (turn == HandlerTurn.Waits)
            {
                return;
            }
        }
        catch (Exception exception)
        {
            Fail(connection, exception);
        }

        await FinishAsync(connection).ConfigureAwait(false);
    }
}
