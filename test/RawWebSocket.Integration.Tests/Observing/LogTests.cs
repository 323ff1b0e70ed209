using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Observing;

public class LogTests
{
    private const string Secret = "s3cret-payload";

    [Theory, InMemoryAndOverKestrel]
    public async Task A_connection_leaves_its_opening_and_its_end_in_the_log(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.Subprotocols.Add("v1"), kind: kind);
        await using var socket = await app.ConnectAsync(configure: options => options.Subprotocols.Add("v1"));
        await socket.CloseAsync((WebSocketCloseStatus)4000);
        var id = (await handler.Opened).Id;

        var opened = await app.Log.FirstAsync(1);
        opened.Level.ShouldBe(LogLevel.Information);
        opened.Message.ShouldBe($"WebSocket {id} opened at /, subprotocol v1, extensions none.");
        var closed = await app.Log.FirstAsync(2);
        closed.Level.ShouldBe(LogLevel.Information);
        closed.Message.ShouldStartWith($"WebSocket {id} at / closed with 4000 by peer after 00:00:");
        closed.Message.ShouldContain(
            ". No reason was given. (limit none; close frames sent 4000, received 4000; in 0 messages, 8 bytes; "
            + "out 0 messages, 4 bytes, 0 messages dropped; last round trip unknown)");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_refusal_leaves_its_reason_in_the_log()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        var refusal = await app.ExpectRefusalAsync("/?token=secret", options => options.Origin = "https://elsewhere.example");
        var refused = await app.Log.FirstAsync(3);
        refused.Level.ShouldBe(LogLevel.Information);
        refused.Message.ShouldBe($"WebSocket handshake at / refused with 403: {refusal.Body.TrimEnd()}");
    }

    [Fact]
    public async Task A_fault_of_the_peer_is_information_and_no_error()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync([0xFF]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InvalidPayloadData);
        var failed = await app.Log.FirstAsync(2);
        failed.Level.ShouldBe(LogLevel.Information);
        failed.Message.ShouldContain("1007");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_log_message_of_any_level_carries_a_payload_or_a_query()
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await connection.SendAsync(message);
                throw new InvalidOperationException("on purpose");
            },
        };
        await using var app = TestApp.With(handler);
        await using (var socket = await app.ConnectAsync($"/?token={Secret}"))
        {
            await socket.SendPingAsync("s3cret-payload"u8);
            await socket.SendTextAsync(Secret);
            await socket.ExpectTextAsync(Secret);
            await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
            await socket.ExpectEndAsync();
        }

        await using (var socket = await app.ConnectAsync())
        {
            await socket.SendFramesAsync(TestFrame.Text(Secret) with { Fin = false }, TestFrame.Text(Secret));
            await socket.ExpectCloseAsync(WebSocketCloseStatus.ProtocolError);
        }

        await app.Log.Entries.UntilAsync(entries => entries.Count(entry => entry.IsOurs && entry.EventId == 2) == 2);
        app.Log.Entries.Where(entry => entry.IsOurs).ShouldAllBe(
            entry => !entry.Message.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_peers_close_reason_stands_in_the_log_for_debugging_only()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        await using var socket = await app.ConnectAsync();
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, Secret);
        (await app.Log.FirstAsync(10)).Level.ShouldBe(LogLevel.Debug);
        app.Log.Entries.Where(entry => entry.IsOurs && entry.Level > LogLevel.Debug).ShouldAllBe(
            entry => !entry.Message.Contains(Secret, StringComparison.Ordinal));
    }
}
