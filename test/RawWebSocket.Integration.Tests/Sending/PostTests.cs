using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Sending;

/// <summary>Posts, and what happens to them when the peer does not read.</summary>
public class PostTests
{
    // More than the operating system and the server hold for a client that does not read.
    private const int MoreThanFits = 24 * 1024 * 1024;

    [Theory, InMemoryAndOverKestrel]
    public async Task Every_form_of_a_post_arrives_in_order(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        connection.PostText("text").ShouldBe(PostResult.Queued);
        connection.PostText("utf8"u8).ShouldBe(PostResult.Queued);
        connection.PostBinary([1, 2, 3]).ShouldBe(PostResult.Queued);
        connection.PostJson(new JsonPoint(1, "2")).ShouldBe(PostResult.Queued);
        connection.Post(new WebSocketMessage(WebSocketMessageType.Text, Bytes.InSegments("in segments"u8.ToArray(), 3)))
            .ShouldBe(PostResult.Queued);
        connection.Post(new WebSocketMessage(WebSocketMessageType.Binary, new(new byte[200_000]))).ShouldBe(PostResult.Queued);
        await socket.ExpectTextAsync("text");
        await socket.ExpectTextAsync("utf8");
        await socket.ExpectBinaryAsync([1, 2, 3]);
        (await socket.ExpectTextAsync()).ShouldContain("1");
        await socket.ExpectTextAsync("in segments");
        await socket.ExpectBinaryAsync(new byte[200_000]);
        (await connection.DrainedAsync().Within()).ShouldBeTrue();
        connection.BufferedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task What_cannot_be_text_is_refused_and_harms_nothing()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        Should.Throw<ArgumentNullException>(() => connection.PostText((string)null!));
        Should.Throw<ArgumentException>(() => connection.PostText("half \uD83C"));
        Should.Throw<ArgumentException>(() => connection.PostText([0xFF]));
        connection.PostText("alive").ShouldBe(PostResult.Queued);
        await socket.ExpectTextAsync("alive");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_slow_reader_gets_the_latest_value_of_each_key(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[MoreThanFits]).Within();
        for (var price = 1; price <= 100; price++)
        {
            connection.PostText($"tea {price}", "tea").ShouldBe(PostResult.Queued);
            app.Groups.All.SendText($"milk {price}", "milk").ShouldBe(1);
        }

        var drained = connection.DrainedAsync().Within();
        drained.IsCompleted.ShouldBeFalse();
        connection.BufferedBytes.ShouldBeInRange("tea 100".Length, MoreThanFits + 100);
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(MoreThanFits);
        await socket.ExpectTextAsync("tea 100");
        await socket.ExpectTextAsync("milk 100");
        (await stuck).ShouldBe(SendResult.Sent);
        (await drained).ShouldBeTrue();
        await metrics.SumAsync("rawwebsocket.messages.dropped", 198, "rawwebsocket.reason=replaced");
    }

    [Theory]
    [InlineData(SlowReaderPolicy.DropNewest, PostResult.Dropped, 0, new[] { 0, 1, 2, 3, 4 }, "newest")]
    [InlineData(SlowReaderPolicy.DropOldest, PostResult.Queued, 1, new[] { 15, 16, 17, 18, 19 }, "oldest")]
    public async Task Beyond_the_high_mark_the_policy_says_who_is_dropped(
        SlowReaderPolicy policy, PostResult result, int reached, int[] kept, string reason)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options =>
        {
            options.MaxQueuedBytes = 5 * 102;
            options.SlowReaderPolicy = policy;
        });
        using var metrics = new RecordedMetrics(app);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[MoreThanFits]).Within();
        for (var number = 0; number < 19; number++)
        {
            connection.PostBinary(Numbered(number)).ShouldBe(number < 5 ? PostResult.Queued : result);
        }

        app.Groups.All.SendBinary(Numbered(19)).ShouldBe(reached);
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=queued_bytes");
        await metrics.SumAsync("rawwebsocket.messages.dropped", 15, $"rawwebsocket.reason={reason}");

        // Control frames have a lane of their own.
        connection.SendPong("not behind them"u8);
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(MoreThanFits);
        await socket.ExpectPongAsync("not behind them"u8);
        foreach (var number in kept)
        {
            await socket.ExpectBinaryAsync(Numbered(number));
        }

        (await stuck).ShouldBe(SendResult.Sent);
        (await connection.DrainedAsync().Within()).ShouldBeTrue();
        connection.PostText("after").ShouldBe(PostResult.Queued);
        await socket.ExpectTextAsync("after");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_broadcaster_that_waits_for_the_drain_goes_at_the_pace_of_the_slowest_and_loses_nothing()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options =>
        {
            options.MaxQueuedBytes = 10_000;
            options.SlowReaderPolicy = SlowReaderPolicy.DropNewest;
        });
        await using var quick = await app.ConnectAsync();
        await using var slow = await app.ConnectAsync("/", options => options.TransportCapacity = 100);
        await handler.Calls.CountAsync(2);
        var broadcasting = Task.Run(async () =>
        {
            for (var number = 0; number < 200; number++)
            {
                await app.Groups.All.DrainedAsync();
                app.Groups.All.SendBinary(Numbered(number)).ShouldBe(2);
            }
        }).Within();
        for (var number = 0; number < 200; number++)
        {
            await slow.ExpectBinaryAsync(Numbered(number));
            await quick.ExpectBinaryAsync(Numbered(number));
        }

        await broadcasting;
    }

    [Fact]
    public async Task A_broadcaster_waits_no_longer_for_one_that_is_gone()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[MoreThanFits]).Within();
        var drained = app.Groups.All.DrainedAsync().AsTask().Within();
        drained.IsCompleted.ShouldBeFalse();
        connection.Abort();
        await drained;
        (await stuck).ShouldBe(SendResult.Closed);
        (await connection.DrainedAsync().Within()).ShouldBeFalse();
        await handler.Closed;
        connection.PostText("late").ShouldBe(PostResult.Closed);
        connection.BufferedBytes.ShouldBe(0);
    }

    [Fact]
    public async Task Posts_behind_a_message_that_the_application_does_not_finish_are_not_called_the_peers_fault()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.MaxQueuedBytes = 100);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var never = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var sending = connection.SendAsync(WebSocketMessageType.Text, never.Reader.ReadAllAsync()).Within();
        connection.PostText("behind").ShouldBe(PostResult.Queued);
        connection.PostBinary(new byte[100]).ShouldBe(PostResult.Closed);
        var closure = await connection.Completion.Within();
        closure.Limit.ShouldBe(WebSocketLimit.QueuedBytes);
        closure.Reason.ShouldContain("application did not finish");
        never.Writer.Complete();
        (await sending).ShouldBe(SendResult.Closed);
    }

    [Fact]
    public async Task Without_a_time_limit_a_write_may_wait_for_ever()
    {
        var time = new ManualTimeProvider();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(
            handler,
            options =>
            {
                options.SendTimeout = Timeout.InfiniteTimeSpan;
                options.KeepAliveInterval = Timeout.InfiniteTimeSpan;
                options.IdleTimeout = Timeout.InfiniteTimeSpan;
                options.MaxLifetime = Timeout.InfiniteTimeSpan;
            },
            builder => builder.Services.AddSingleton<TimeProvider>(time));
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var stuck = connection.SendBinaryAsync(new byte[MoreThanFits]).Within();
        for (var hour = 0; hour < 10; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
        }

        connection.Completion.IsCompleted.ShouldBeFalse();
        (await socket.ExpectBinaryAsync()).Length.ShouldBe(MoreThanFits);
        (await stuck).ShouldBe(SendResult.Sent);
    }

    private static byte[] Numbered(int number)
    {
        var bytes = new byte[100];
        bytes[0] = (byte)number;
        return bytes;
    }
}
