namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>A handler that keeps what it is told and does what the test says.</summary>
internal sealed class ScriptedHandler : IWebSocketHandler
{
    private readonly TaskCompletionSource<WebSocketConnection> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<WebSocketClosure> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Func<WebSocketConnection, ValueTask>? WhenOpened { get; init; }

    public Func<WebSocketConnection, WebSocketMessage, ValueTask>? WhenMessage { get; init; }

    public Func<WebSocketConnection, WebSocketClosure, ValueTask>? WhenClosed { get; init; }

    public Func<WebSocketConnection, Exception, ValueTask>? WhenError { get; init; }

    /// <summary>The calls, in order; a message with its text.</summary>
    public Recorder<string> Calls { get; } = new();

    /// <summary>The first connection.</summary>
    public Task<WebSocketConnection> Opened => _opened.Task.Within();

    /// <summary>How the first connection ended, once <see cref="WhenClosed"/> has run.</summary>
    public Task<WebSocketClosure> Closed => _closed.Task.Within();

    /// <summary>Sends every message back.</summary>
    public static ScriptedHandler Echo() => new()
    {
        WhenMessage = async (connection, message) => await connection.SendAsync(message),
    };

    public async ValueTask OnOpenedAsync(WebSocketConnection connection)
    {
        Calls.Add("opened");
        _opened.TrySetResult(connection);
        await (WhenOpened?.Invoke(connection) ?? ValueTask.CompletedTask);
    }

    public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        Calls.Add($"message {message.Text}");
        await (WhenMessage?.Invoke(connection, message) ?? ValueTask.CompletedTask);
    }

    public async ValueTask OnErrorAsync(WebSocketConnection connection, Exception exception)
    {
        Calls.Add($"error {exception.Message}");
        await (WhenError?.Invoke(connection, exception) ?? ValueTask.CompletedTask);
    }

    public async ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
    {
        Calls.Add($"closed {(int)closure.Code} {closure.By}");
        try
        {
            await (WhenClosed?.Invoke(connection, closure) ?? ValueTask.CompletedTask);
        }
        finally
        {
            _closed.TrySetResult(closure);
        }
    }
}
