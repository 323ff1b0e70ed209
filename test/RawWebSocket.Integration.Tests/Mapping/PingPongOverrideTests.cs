using System.Text;

namespace RawWebSocket.Integration.Tests.Mapping;

public class PingPongOverrideTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task An_override_sees_the_ping_and_answers_by_hand(ServerKind kind)
    {
        var handler = new ShoutingHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendPingAsync("hello"u8);
        await socket.ExpectPongAsync("HELLO"u8);
        handler.Seen.ShouldBe(["ping hello"]);
    }

    [Fact]
    public async Task An_override_that_does_not_answer_leaves_the_ping_unanswered()
    {
        var handler = new ShoutingHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendPingAsync("ignore"u8);
        await socket.SendPingAsync("b"u8);
        await socket.ExpectPongAsync("B"u8);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task An_override_sees_pongs_asked_for_or_not(ServerKind kind)
    {
        var handler = new ShoutingHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendPongAsync("unasked"u8);
        await handler.Seen.CountAsync(1);
        await socket.SendTextAsync("ping me");
        var ping = await socket.ExpectPingAsync();
        await handler.Seen.CountAsync(2);
        handler.Seen.ShouldBe(["pong unasked", $"pong {Encoding.Latin1.GetString(ping)}"]);
    }

    [Fact]
    public async Task Pings_and_pongs_are_seen_at_once_while_a_message_is_handled()
    {
        var handler = new ShoutingHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("wait");
        await socket.SendPingAsync("a"u8);
        await socket.ExpectPongAsync("A"u8);
        await socket.SendPongAsync("b"u8);
        await handler.Seen.CountAsync(2);
        handler.Gate.Open();
        await socket.ExpectTextAsync("waited");
    }

    [Fact]
    public async Task A_pong_of_126_bytes_is_refused()
    {
        var refused = new TaskCompletionSource<ArgumentException>();
        await using var app = TestApp.With(connection =>
        {
            refused.SetResult(Should.Throw<ArgumentException>(() => connection.SendPong(new byte[126])));
            connection.SendPong(new byte[125]);
            return connection.ReceiveAsync().AsTask();
        });
        await using var socket = await app.ConnectAsync();
        await socket.ExpectPongAsync(new byte[125]);
        (await refused.Task.Within()).ParamName.ShouldBe("payload");
    }

    private sealed class ShoutingHandler : IWebSocketHandler
    {
        public Recorder<string> Seen { get; } = new();

        public Gate Gate { get; } = new();

        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            if (message.Text == "wait")
            {
                await Gate.PassAsync();
                await connection.SendTextAsync("waited");
            }
            else
            {
                _ = connection.PingAsync().AsTask();
            }
        }

        public void OnPing(WebSocketConnection connection, ReadOnlySpan<byte> payload)
        {
            Seen.Add($"ping {Encoding.Latin1.GetString(payload)}");
            if (!payload.SequenceEqual("ignore"u8))
            {
                connection.SendPong(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(payload).ToUpperInvariant()));
            }
        }

        public void OnPong(WebSocketConnection connection, ReadOnlySpan<byte> payload) =>
            Seen.Add($"pong {Encoding.Latin1.GetString(payload)}");
    }
}
