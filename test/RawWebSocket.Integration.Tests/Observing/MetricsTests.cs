namespace RawWebSocket.Integration.Tests.Observing;

public class MetricsTests
{
    private const string Received = "rawwebsocket.direction=received";
    private const string Sent = "rawwebsocket.direction=sent";

    [Theory, InMemoryAndOverKestrel]
    public async Task Connections_are_counted_while_they_are_open_and_by_the_code_they_closed_with(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        using var metrics = new RecordedMetrics(app);
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        await using var third = await app.ConnectAsync();
        await metrics.SumAsync("rawwebsocket.connections.opened", 3);
        await metrics.ActiveAsync(3);

        await first.CloseAsync();
        await second.CloseAsync((WebSocketCloseStatus)4000);
        await third.DropAsync();
        await metrics.SumAsync("rawwebsocket.connections.closed", 1, "rawwebsocket.close_code=1000");
        await metrics.SumAsync("rawwebsocket.connections.closed", 1, "rawwebsocket.close_code=4xxx");
        await metrics.SumAsync("rawwebsocket.connections.closed", 1, "rawwebsocket.close_code=1006");
        await metrics.ActiveAsync(0);
    }

    [Fact]
    public async Task Who_begins_to_listen_late_is_told_of_those_that_are_open_and_never_of_less_than_none()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        await metrics.ActiveAsync(2);
        await first.CloseAsync();
        await metrics.ActiveAsync(1);
        await second.DropAsync();
        await metrics.ActiveAsync(0);
        metrics.Values.ShouldAllBe(value => value.Value >= 0);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Messages_and_bytes_are_counted_both_ways(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("12345");
        await socket.ExpectTextAsync("12345");
        await metrics.SumAsync("rawwebsocket.messages", 1, Received);
        await metrics.SumAsync("rawwebsocket.messages", 1, Sent);
        await metrics.SumAsync("rawwebsocket.bytes", 2 + 4 + 5, Received);
        await metrics.SumAsync("rawwebsocket.bytes", 2 + 5, Sent);

        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, new byte[200], new byte[100]);
        await socket.ExpectBinaryAsync(new byte[300]);
        await metrics.SumAsync("rawwebsocket.messages", 2, Received);
        await metrics.SumAsync("rawwebsocket.messages", 2, Sent);
        await metrics.SumAsync("rawwebsocket.bytes", 11 + (4 + 4 + 200) + (2 + 4 + 100), Received);
        await metrics.SumAsync("rawwebsocket.bytes", 7 + 4 + 300, Sent);

        await socket.SendPingAsync("abc"u8);
        await socket.ExpectPongAsync();
        await metrics.SumAsync("rawwebsocket.bytes", 11 + 208 + 106 + 9, Received);
        await metrics.SumAsync("rawwebsocket.bytes", 7 + 304 + 5, Sent);
        metrics.Values
            .Where(value => value.Instrument == "rawwebsocket.messages" && value.Has(Received))
            .Sum(value => value.Value)
            .ShouldBe(2);
    }

    [Fact]
    public async Task Broadcasts_and_long_messages_are_counted_too()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.SendFragmentSize = 10);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        app.Groups.All.SendText("12345");
        await connection.SendAsync(WebSocketMessageType.Binary, new MemoryStream(new byte[25]));
        var sending = connection.SendBinaryAsync(new byte[100_000]).Within();
        await socket.ExpectTextAsync("12345");
        await socket.ExpectBinaryAsync(new byte[25]);
        await socket.ExpectBinaryAsync(new byte[100_000]);
        await sending;
        await metrics.SumAsync("rawwebsocket.messages", 3, Sent);
        await metrics.SumAsync("rawwebsocket.bytes", 7 + 12 + 12 + 7 + 2 + 10 + 100_000, Sent);
    }

    [Fact]
    public async Task Refusals_are_counted_by_their_reason()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        using var metrics = new RecordedMetrics(app);
        await app.ExpectRefusalAsync("/", options => options.Origin = "https://elsewhere.example");
        await app.ExpectRefusalAsync("/", options => options.Headers.SecWebSocketVersion = "8");
        await app.ExpectRefusalAsync("/", options => options.Headers.Remove("Sec-WebSocket-Key"));
        await app.ExpectRefusalAsync("/", options => options.Headers.Remove("Upgrade"));
        foreach (var reason in (string[])["origin", "websocket_version", "key", "not_an_upgrade"])
        {
            await metrics.SumAsync("rawwebsocket.refusals", 1, $"rawwebsocket.reason={reason}");
        }

        metrics.Values.ShouldNotContain(value => value.Instrument == "rawwebsocket.connections.opened");
    }

    [Fact]
    public async Task Two_applications_in_one_process_are_counted_apart()
    {
        await using var one = TestApp.With(ScriptedHandler.Echo());
        await using var other = TestApp.With(ScriptedHandler.Echo());
        using var ones = new RecordedMetrics(one);
        using var others = new RecordedMetrics(other);
        await using var socket = await one.ConnectAsync();
        await ones.SumAsync("rawwebsocket.connections.opened", 1);
        others.Values.ShouldBeEmpty();
    }
}
