using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>
/// Whom a connection blames when this side could not hear: each of its clocks, ten seconds each, while the process stands still or is behind
/// with its own work.
/// </summary>
public sealed class BlamingTests : IDisposable
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Limit = 10 * Second;

    private readonly ConnectionsRig _rig = new();
    private readonly HeldScheduler _reading = new();

    public static TheoryData<string> Clocks => ["keep-alive", "message", "send", "close", "idle"];

    public static TheoryData<string> ReadingClocks => ["keep-alive", "message", "close"];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_process_that_stood_still_blames_nobody_for_it(string clock)
    {
        var rig = await BeginAsync(clock);
        _rig.Time.StandStill(3600 * Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        _rig.Time.Advance(5 * Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        _rig.Time.Advance(Limit);
        IsBlamed(rig, clock).ShouldBeTrue("that was the peer's time");
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task A_process_that_is_behind_blames_nobody_for_it(string clock)
    {
        var rig = await BeginAsync(clock);
        _rig.IsBehind = true;
        _rig.Time.Advance(55 * Second);
        _rig.IsBehind = false;
        _rig.Time.Advance(5 * Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        _rig.Time.Advance(Limit);
        IsBlamed(rig, clock).ShouldBeTrue("that was the peer's time");
    }

    [Theory]
    [MemberData(nameof(Clocks))]
    public async Task Its_own_time_a_peer_has_and_no_more(string clock)
    {
        var rig = await BeginAsync(clock);
        _rig.Time.Advance(8 * Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        _rig.Time.Advance(3 * Second);
        IsBlamed(rig, clock).ShouldBeTrue();
    }

    [Theory]
    [MemberData(nameof(ReadingClocks))]
    public async Task Nobody_is_blamed_before_the_loop_has_looked_once_more(string clock)
    {
        var rig = await BeginAsync(clock);
        _reading.Holds = true;
        _rig.Time.Advance(600 * Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        _reading.LetGo();
        IsBlamed(rig, clock).ShouldBeTrue("nothing had come");
    }

    [Theory]
    [MemberData(nameof(ReadingClocks))]
    public async Task What_had_come_and_could_not_be_read_counts(string clock)
    {
        var rig = await BeginAsync(clock);
        _reading.Holds = true;
        rig.PeerWrites(clock switch
        {
            "keep-alive" => Of(Pong, []),
            "message" => Of(Last, "the end"u8),
            _ => Closing(1000, []),
        });
        _rig.Time.Advance(600 * Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        _reading.LetGo();
        IsBlamed(rig, clock).ShouldBeFalse();
        if (clock == "close")
        {
            // The end is the thread pool's, and takes no time of this clock's.
            (await rig.Connection.Completion).Code.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        }

        _rig.Time.Advance(Second);
        IsBlamed(rig, clock).ShouldBeFalse();
    }

    [Theory]
    [InlineData("keep-alive", false)]
    [InlineData("keep-alive", true)]
    [InlineData("message", false)]
    [InlineData("message", true)]
    public Task A_time_in_which_the_application_kept_the_loops_thread_does_not_count(string clock, bool overStream) =>
        // The test framework's context would take the application to another thread.
        Task.Run(() => BlockAsync(clock, overStream));

    [Fact]
    public async Task A_ping_of_the_applications_is_not_given_up_for_a_time_in_which_no_pong_could_be_heard()
    {
        var rig = await BeginAsync("");
        var roundTrip = rig.Connection.PingAsync().AsTask();
        _rig.Time.StandStill(3600 * Second);
        _rig.Time.Advance(5 * Second);
        roundTrip.IsCompleted.ShouldBeFalse();
        _rig.Time.Advance(Limit);
        (await roundTrip).ShouldBeNull();
    }

    [Fact]
    public async Task A_life_is_as_long_as_it_is_whatever_stood_still()
    {
        var rig = await BeginAsync("life");
        _rig.Time.StandStill(3600 * Second);
        rig.Sent().ShouldContain(static frame => frame.StartsWith("88", StringComparison.Ordinal));
    }

    private async Task BlockAsync(string clock, bool overStream)
    {
        var hasBlocked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ConnectionRig? rig = null;
        rig = await BeginAsync(
            clock,
            async connection =>
            {
                while (await connection.ReceiveAsync() is not null)
                {
                    if (!hasBlocked.Task.IsCompleted)
                    {
                        rig!.PeerWrites(clock == "message" ? Of(Middle, "goes on"u8) : Of(Pong, []));
                        _rig.Time.Advance(60 * Second);
                        AwaitPool();
                        hasBlocked.SetResult();
                    }
                }
            },
            overStream);
        rig.PeerWrites(clock == "message" ? [.. Of(Last, "the end"u8), .. Of(TextStart, "next"u8)] : Of(Text, "block"u8));
        await hasBlocked.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await rig.PeersBytesAreRead();
        AwaitPool();
        IsBlamed(rig, clock).ShouldBeFalse();
        _rig.Time.Advance(5 * Second);
        AwaitPool();
        IsBlamed(rig, clock).ShouldBeFalse();
        _rig.Time.Advance(Limit + (2 * Second));
        await WaitForBlameAsync(rig, clock);
    }

    // What the heartbeat has given the thread pool to do is done, as it would be long before such a time is over.
    private static void AwaitPool()
    {
        using var done = new CountdownEvent(2 * Environment.ProcessorCount);
        for (var i = 0; i < done.InitialCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static done => done.Signal(), done, preferLocal: false);
        }

        done.Wait(TimeSpan.FromSeconds(60)).ShouldBeTrue();
    }

    // Over a stream the loop is made to turn on another thread.
    private static async Task WaitForBlameAsync(ConnectionRig rig, string clock)
    {
        var isBlamed = IsBlamed(rig, clock);
        for (var wait = 0; !isBlamed && wait < 6000; wait++)
        {
            await Task.Delay(10);
            isBlamed = IsBlamed(rig, clock);
        }

        isBlamed.ShouldBeTrue("that was the peer's time");
    }

    private static RawWebSocketOptions OptionsFor(string clock)
    {
        var never = Timeout.InfiniteTimeSpan;
        return new RawWebSocketOptions
        {
            KeepAliveInterval = clock == "keep-alive" ? Second : never,
            KeepAliveTimeout = Limit,
            MessageTimeout = clock == "message" ? Limit : never,
            SendTimeout = clock == "send" ? Limit : never,
            CloseTimeout = Limit,
            IdleTimeout = clock == "idle" ? Limit : never,
            MaxLifetime = clock == "life" ? 60 * Second : never,
            LifetimeJitter = 0,
        };
    }

    private static bool IsBlamed(ConnectionRig rig, string clock) => rig.Transport.IsAborted
        || (clock is "message" or "idle" && rig.Sent().Exists(static frame => frame.StartsWith("88", StringComparison.Ordinal)));

    // A connection whose peer's time has begun.
    private Task<ConnectionRig> BeginAsync(string clock) => BeginAsync(clock, static async connection =>
    {
        while (await connection.ReceiveAsync() is not null)
        {
        }
    });

    private async Task<ConnectionRig> BeginAsync(string clock, Func<WebSocketConnection, Task> application, bool overStream = false)
    {
        var toServer = new PipeOptions(
            readerScheduler: _reading, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);
        var toPeer = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: clock == "send" ? 1 : 0,
            resumeWriterThreshold: clock == "send" ? 1 : 0,
            useSynchronizationContext: false);
        var memory = new MemoryTransport(toPeer, toServer);
        if (overStream)
        {
            memory.Context.Features.Set<IConnectionTransportFeature>(null);
        }

        var rig = await _rig.ConnectAsync(options: OptionsFor(clock), memory: memory);
        _ = rig.RunHere(application);
        BeginTime(rig, clock);
        return rig;
    }

    private void BeginTime(ConnectionRig rig, string clock)
    {
        switch (clock)
        {
            case "keep-alive":
                _rig.Time.Advance(Second);
                rig.Sent().ShouldBe(["89 "]);
                break;
            case "message":
                rig.PeerWrites(Of(TextStart, "no end"u8));
                break;
            case "send":
                _ = rig.Connection.SendTextAsync("not read").AsTask();
                break;
            case "close":
                _ = rig.Connection.CloseAsync();
                rig.Sent().ShouldNotBeEmpty();
                break;
        }

        // The first beat sees what has begun.
        if (clock is "message" or "send")
        {
            _rig.Time.Advance(Second);
        }
    }
}
