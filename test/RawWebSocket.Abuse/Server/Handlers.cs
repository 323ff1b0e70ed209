namespace RawWebSocket.Abuse.Server;

/// <summary>Drops what it receives, and notes how each connection ends.</summary>
internal class SilentHandler(ClosureLog closures) : IWebSocketHandler
{
    public virtual ValueTask OnOpenedAsync(WebSocketConnection connection) => ValueTask.CompletedTask;

    public virtual ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

    public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
    {
        closures.Add(closure);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Sends every message back.</summary>
internal sealed class EchoHandler(ClosureLog closures) : SilentHandler(closures)
{
    public override async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
        await connection.SendAsync(message);
}

/// <summary>Awaits something for each message, as a database, and so is behind those who send fast.</summary>
internal sealed class SlowHandler(ClosureLog closures, TimeSpan wait) : SilentHandler(closures)
{
    public override async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => await Task.Delay(wait);
}

/// <summary>Its connections are broadcast to.</summary>
internal sealed class BroadcastHandler(ClosureLog closures) : SilentHandler(closures)
{
    public override ValueTask OnOpenedAsync(WebSocketConnection connection)
    {
        connection.JoinGroup(Broadcaster.Group);
        return ValueTask.CompletedTask;
    }
}

/// <summary>Closes on the first message.</summary>
internal sealed class FarewellHandler(ClosureLog closures) : SilentHandler(closures)
{
    public override ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        _ = connection.CloseAsync(reason: "Farewell.");
        return ValueTask.CompletedTask;
    }
}

/// <summary>Blocks its thread, as no handler should, and then sends the message back.</summary>
internal sealed class BlockingHandler(ClosureLog closures) : SilentHandler(closures)
{
    public static readonly TimeSpan Time = TimeSpan.FromSeconds(3);

    public override async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        // To block is what is under test: those who wait for a thread must not be taken for dead.
        Thread.Sleep(Time);
        await connection.SendAsync(message);
    }
}

/// <summary>Sends a lot for every message.</summary>
internal sealed class DownloadHandler(ClosureLog closures) : SilentHandler(closures)
{
    public const int Messages = 8;

    private static readonly byte[] Payload = new byte[1024 * 1024];

    public override async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        for (var sent = 0; sent < Messages; sent++)
        {
            await connection.SendBinaryAsync(Payload);
        }
    }
}
