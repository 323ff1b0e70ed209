using System.IO.Pipelines;
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
        _rig.Time.Advance(Second);
        IsBlamed(rig, clock).ShouldBeFalse();
        if (clock == "close")
        {
            (await rig.Connection.Completion).Code.ShouldBe(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        }
    }

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
    private async Task<ConnectionRig> BeginAsync(string clock)
    {
        var toServer = new PipeOptions(
            readerScheduler: _reading, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0, useSynchronizationContext: false);
        var toPeer = new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: clock == "send" ? 1 : 0,
            resumeWriterThreshold: clock == "send" ? 1 : 0,
            useSynchronizationContext: false);
        var rig = await _rig.ConnectAsync(options: OptionsFor(clock), memory: new MemoryTransport(toPeer, toServer));
        _ = rig.RunHere(static async connection =>
        {
            while (await connection.ReceiveAsync() is not null)
            {
            }
        });
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
