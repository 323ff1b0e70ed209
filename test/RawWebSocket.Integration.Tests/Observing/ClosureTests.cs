using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RawWebSocket.Integration.Tests.Observing;

/// <summary>What is told of a connection at its end.</summary>
public class ClosureTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory, InMemoryAndOverKestrel]
    public async Task A_closure_has_both_close_frames_and_what_the_connection_carried(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("12345");
        await socket.ExpectTextAsync("12345");
        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, new byte[10], new byte[10]);
        await socket.ExpectBinaryAsync(new byte[20]);
        await socket.SendPingAsync();
        await socket.ExpectPongAsync();
        await socket.CloseAsync((WebSocketCloseStatus)4000, "bye");

        var closure = await handler.Closed;
        closure.ShouldBe((WebSocketCloseStatus)4000, "bye", ClosedBy.Peer);
        closure.WasClean.ShouldBeTrue();
        closure.Received.ShouldBe(new WebSocketCloseFrame((WebSocketCloseStatus)4000, "bye"));
        closure.Sent.ShouldBe(new WebSocketCloseFrame((WebSocketCloseStatus)4000, ""));
        (closure.Limit, closure.Exception, closure.LastRoundTrip).ShouldBe((null, null, null));
        (closure.MessagesReceived, closure.MessagesSent).ShouldBe((2, 2));
        closure.BytesReceived.ShouldBe((6 + 5) + (6 + 10) + (6 + 10) + 6 + (6 + 2 + 3));
        closure.BytesSent.ShouldBe((2 + 5) + (2 + 20) + 2 + (2 + 2));
        closure.Lifetime.ShouldBeGreaterThan(TimeSpan.Zero);
        (await (await handler.Opened).Completion.Within()).ShouldBeSameAs(closure);
    }

    [Fact]
    public async Task A_closure_names_the_limit_that_ended_the_connection_and_so_do_the_metrics_and_the_log()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxMessageSize = 10);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        await socket.SendBinaryAsync(new byte[11]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);

        var closure = await handler.Closed;
        closure.ShouldBe(WebSocketCloseStatus.MessageTooBig, "The message is too big.", ClosedBy.Server);
        closure.Limit.ShouldBe(WebSocketLimit.MessageSize);
        closure.Sent.ShouldBe(new WebSocketCloseFrame(WebSocketCloseStatus.MessageTooBig, "The message is too big."));
        closure.MessagesReceived.ShouldBe(0);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=message_size");
        await metrics.SumAsync("rawwebsocket.connections.closed", 1, "rawwebsocket.limit=message_size");
        await metrics.SumAsync("rawwebsocket.connections.closed", 1, "rawwebsocket.closed_by=server");
        (await app.Log.FirstAsync(2)).Message.ShouldContain(
            "The message is too big. (limit message_size; close frames sent 1009, received");
    }

    [Fact]
    public async Task A_closure_has_the_exception_of_the_application()
    {
        var failure = new InvalidOperationException("on purpose");
        var handler = new ScriptedHandler { WhenMessage = (_, _) => throw failure };
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("go");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await handler.Closed).Exception.ShouldBeSameAs(failure);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_connection_that_is_cut_has_no_close_frames_no_limit_and_no_exception(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        await socket.DropAsync();
        var closure = await handler.Closed;
        closure.ShouldBe(
            WebSocketClosure.Abnormal, "The peer ended the connection without a closing handshake.", ClosedBy.Transport);
        (closure.Sent, closure.Received, closure.Limit, closure.Exception).ShouldBe((null, null, null, null));
        closure.WasClean.ShouldBeFalse();
    }

    [Fact]
    public async Task A_closure_has_the_time_the_connection_lived_and_the_last_round_trip()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, services: AddTime);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        var connection = await handler.Opened;
        var ping = connection.PingAsync();
        var payload = await socket.ExpectPingAsync();
        _time.Advance(TimeSpan.FromMilliseconds(120));
        await socket.SendPongAsync(payload);
        (await ping.Within()).ShouldBe(TimeSpan.FromMilliseconds(120));
        _time.Advance(TimeSpan.FromSeconds(3));
        await socket.CloseAsync();

        var closure = await handler.Closed;
        closure.LastRoundTrip.ShouldBe(TimeSpan.FromMilliseconds(120));
        closure.Lifetime.ShouldBe(TimeSpan.FromMilliseconds(3120));
    }

    [Fact]
    public async Task The_answer_to_a_keep_alive_ping_gives_a_round_trip_too()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, services: AddTime);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        await handler.Opened;
        _time.Advance(new RawWebSocketOptions().KeepAliveInterval);
        await socket.ExpectPingAsync();
        _time.Advance(TimeSpan.FromMilliseconds(80));
        await socket.SendPongAsync();
        await socket.CloseAsync();
        (await handler.Closed).LastRoundTrip.ShouldBe(TimeSpan.FromMilliseconds(80));
    }

    private void AddTime(WebApplicationBuilder builder) => builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
}
