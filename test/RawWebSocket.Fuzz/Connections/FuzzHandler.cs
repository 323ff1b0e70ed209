using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>The applications that are handlers.</summary>
internal sealed class FuzzHandler(ApplicationKind kind, Random random, TimeProvider time, ApplicationRecord record) : IWebSocketHandler
{
    // Then it is quick, so that the end comes within a time that can be told.
    private const int MostBusy = 20;

    public ValueTask OnOpenedAsync(WebSocketConnection connection)
    {
        connection.JoinGroup("everyone");
        return kind == ApplicationKind.Thrower && random.OneIn(8) ? throw new ExpectedException() : ValueTask.CompletedTask;
    }

    public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        record.OnMessage();
        switch (kind)
        {
            case ApplicationKind.BusyHandler when record.Messages < MostBusy:
                await Task.Delay(TimeSpan.FromSeconds(1 + random.Next(4)), time).ConfigureAwait(false);
                break;
            case ApplicationKind.YieldingHandler:
                await Task.Yield();
                break;
            case ApplicationKind.Thrower when random.OneIn(3):
                throw new ExpectedException();
            case ApplicationKind.Pinger when random.OneIn(2):
                record.Track(connection.PingAsync().AsTask());
                break;
        }

        await connection.SendAsync(message).ConfigureAwait(false);
    }

    public void OnPing(WebSocketConnection connection, ReadOnlySpan<byte> payload)
    {
        if (kind == ApplicationKind.Thrower && random.OneIn(4))
        {
            throw new ExpectedException();
        }

        if (kind != ApplicationKind.Pinger || random.OneIn(2))
        {
            connection.SendPong(payload);
        }
    }

    public ValueTask OnErrorAsync(WebSocketConnection connection, Exception exception)
    {
        ApplicationRecord.OnError(exception);
        return ValueTask.CompletedTask;
    }

    public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
    {
        record.OnClosed(closure);
        return kind == ApplicationKind.Thrower && random.OneIn(4) ? throw new ExpectedException() : ValueTask.CompletedTask;
    }
}

/// <summary>What an application throws on purpose.</summary>
internal sealed class ExpectedException() : Exception("The application throws this on purpose.");
