using System.Net.WebSockets;

namespace RawWebSocket.Testing.Tests;

public class MessageTests
{
    [Theory, OnEveryServer]
    public async Task The_closing_handshake_runs_to_the_end_of_the_transport(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        (await socket.CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "bye"))
            .ShouldBe(new TestClose(WebSocketCloseStatus.EndpointUnavailable, "bye"));
    }
}
