namespace RawWebSocket.Abuse.Server;

/// <summary>Sends two megabytes, awaiting each piece, and closes.</summary>
internal sealed class GoodbyeHandler(ClosureLog closures) : SilentHandler(closures)
{
    public const int Pieces = 64;
    public const int PieceSize = 32 * 1024;

    private static readonly byte[] Piece = new byte[PieceSize];

    public override async ValueTask OnOpenedAsync(WebSocketConnection connection)
    {
        for (var i = 0; i < Pieces; i++)
        {
            await connection.SendBinaryAsync(Piece);
        }

        _ = connection.CloseAsync(reason: "Goodbye.");
    }
}

/// <summary>Blocks on its own close, as no handler should.</summary>
internal sealed class BlockingCloseHandler(ClosureLog closures) : SilentHandler(closures)
{
    public override ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        connection.CloseAsync().Wait();
        return ValueTask.CompletedTask;
    }
}

/// <summary>Takes its time when the host stops, as no handler should.</summary>
internal sealed class BlockingStopHandler(ClosureLog closures) : IWebSocketHandler
{
    public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

    // To block is what is under test: the others must be told and closed in time all the same.
    public void OnStopping(WebSocketConnection connection) => Thread.Sleep(500);

    public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
    {
        closures.Add(closure);
        return ValueTask.CompletedTask;
    }
}
