namespace RawWebSocket.Connections;

/// <summary>A delegate that owns its connection: it asks for messages if it wants them, and its return closes.</summary>
internal sealed class DelegateApplication(Func<WebSocketConnection, Task> handler) : ConnectionApplication
{
    protected override Task HandleAsync(Connection connection) => handler(connection);
}
