using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Liveness;

public class PingTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ScriptedHandler _handler = new();

    [Fact]
    public async Task A_ping_gives_the_time_its_pong_took()
    {
        await using var app = Start();
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        var pinging = (await _handler.Opened).PingAsync().Within();
        var payload = await socket.ExpectPingAsync();
        _time.Advance(TimeSpan.FromMilliseconds(250));
        await socket.SendPongAsync(payload);
        (await pinging).ShouldBe(TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task A_ping_that_is_not_answered_in_time_gives_null_and_the_connection_lives()
    {
        await using var app = Start();
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        var connection = await _handler.Opened;
        var pinging = connection.PingAsync().Within();
        await socket.ExpectPingAsync();
        _time.Advance(TimeSpan.FromSeconds(19));
        pinging.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(2));
        (await pinging).ShouldBeNull();
        (await connection.SendTextAsync("alive")).ShouldBe(SendResult.Sent);
        await socket.ExpectTextAsync("alive");
    }

    [Fact]
    public async Task A_pong_that_was_not_asked_for_answers_no_ping()
    {
        await using var app = Start();
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        var pinging = (await _handler.Opened).PingAsync().Within();
        var payload = await socket.ExpectPingAsync();
        await socket.SendPongAsync("something else"u8);
        await socket.SendPongAsync();
        await socket.SendPongAsync(new byte[8]);
        await socket.SendPongAsync([0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]);
        await socket.ExpectSilenceAsync();
        pinging.IsCompleted.ShouldBeFalse();
        await socket.SendPongAsync(payload);
        (await pinging).ShouldNotBeNull();
    }

    [Fact]
    public async Task Pings_are_told_apart_and_one_pong_answers_those_before_it()
    {
        await using var app = Start();
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        var connection = await _handler.Opened;
        var first = connection.PingAsync().Within();
        var second = connection.PingAsync().Within();
        var third = connection.PingAsync().Within();
        (await socket.ExpectPingAsync()).ShouldNotBe(await socket.ExpectPingAsync());
        var last = await socket.ExpectPingAsync();
        _time.Advance(TimeSpan.FromSeconds(1));
        await socket.SendPongAsync(last);
        (await Task.WhenAll(first, second, third)).ShouldAllBe(time => time == TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_ping_on_a_connection_that_ends_gives_null()
    {
        await using var app = Start();
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        var pinging = (await _handler.Opened).PingAsync().Within();
        await socket.ExpectPingAsync();
        await socket.DropAsync();
        (await pinging).ShouldBeNull();
        (await (await _handler.Opened).PingAsync().Within()).ShouldBeNull();
    }

    [Fact]
    public async Task A_cancelled_ping_leaves_the_connection_as_it_was()
    {
        await using var app = Start();
        await using var socket = await app.ConnectAsync(configure: options => options.AutoPong = false);
        using var cancellation = new CancellationTokenSource();
        var connection = await _handler.Opened;
        var pinging = connection.PingAsync(cancellation.Token).Within();
        var payload = await socket.ExpectPingAsync();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(pinging);
        await socket.SendPongAsync(payload);
        var second = connection.PingAsync().Within();
        await socket.SendPongAsync(await socket.ExpectPingAsync());
        (await second).ShouldNotBeNull();
    }

    private TestApp Start() => TestApp.With(_handler, services: builder => builder.Services.AddSingleton<TimeProvider>(_time));
}
