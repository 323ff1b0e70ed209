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
