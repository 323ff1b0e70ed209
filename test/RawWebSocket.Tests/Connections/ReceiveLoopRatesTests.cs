using RawWebSocket.Compression;
using RawWebSocket.Connections.Rates;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Compression;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>What the receive loop does with a peer that is too quick, and that it does nothing more than it must.</summary>
public sealed class ReceiveLoopRatesTests : IAsyncLifetime, IDisposable
{
    private readonly ReceiveLoopRig _rig = new(aheadBytes: 1000);
    private readonly ConnectionsRig _connections = new();
    private readonly ScriptedLimiter _messages = new();
    private readonly ScriptedLimiter _bytes = new();
    private WebSocketConnection _connection = null!;

    public async Task InitializeAsync()
    {
        _connection = (await _connections.ConnectAsync()).Connection;
        Limit(RateLimitAction.HoldBack);
        _ = _rig.EchoAllAsync();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _connections.Dispose();
        _messages.Dispose();
        _bytes.Dispose();
    }

    [Fact]
    public async Task A_read_is_paid_for_once_when_it_has_been_answered()
    {
        byte[] messages = [.. Of(Text, "a"u8), .. Of(Ping, []), .. Of(TextStart, "b"u8), .. Of(Last, new byte[100]), .. Of(Text, "c"u8)];
        byte[] bytes = [.. messages, .. Of(Text, "d"u8)[..^1]];
        await _rig.Arrive(bytes);
        _messages.Asked.ShouldBe([3]);
        _bytes.Asked.ShouldBe([bytes.Length]);
        await _rig.Arrive(Of(Text, "d"u8)[^1..]);
        _messages.Asked.ShouldBe([3, 1]);
        _bytes.Asked.ShouldBe([bytes.Length, 1]);
        _rig.Output.Read().ShouldBe(["81 a", "8a ", "81 b" + new string('\0', 100), "81 c", "81 d"]);
        _rig.LimitsReached.ShouldBeEmpty();
        _rig.Loop.TakeHeldBack().ShouldBeFalse();
    }

    [Fact]
    public async Task Short_fragments_are_paid_for_as_if_they_were_longer()
    {
        byte[] bytes = [.. Of(BinaryStart, []), .. Enumerable.Repeat(Of(Middle, []), 98).SelectMany(frame => frame), .. Of(Last, [])];
        await _rig.Arrive(bytes);
        _messages.Asked.ShouldBe([1]);
        _bytes.Asked.ShouldBe([Of(BinaryStart, []).Length + (99 * 64)]);
    }

    [Fact]
    public async Task What_one_read_has_brought_is_dealt_with_no_further_than_it_is_paid_for()
    {
        _messages.Available = 20;
        await _rig.Arrive([.. Enumerable.Repeat(Of(Text, "a"u8), 100).SelectMany(frame => frame)]);
        _rig.Output.Read().Count.ShouldBe(32);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
    }

    [Fact]
    public async Task Discarded_messages_cost_as_much_as_any()
    {
        _rig.Received.Finish();
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8)]);
        _messages.Asked.ShouldBe([2]);
    }

    [Fact]
    public async Task A_peer_that_is_too_quick_is_answered_first_and_then_held_back()
    {
        _messages.Available = 2;
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8), .. Of(Text, "c"u8)]);
        _rig.Output.Read().ShouldBe(["81 a", "81 b", "81 c"]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        _rig.LimitsReached.ShouldBe([WebSocketLimit.MessageRate]);

        await _rig.Arrive(Of(Text, "d"u8));
        _rig.Output.Read().ShouldBeEmpty();

        // The loop goes on elsewhere: whoever grants is in the middle of something of its own.
        _messages.Available = 1;
        _messages.Grant();
        await _rig.Arrive(Closing(1000, []));
        (await _rig.Ending)!.Close.ShouldNotBeNull();
        _rig.Output.Read().ShouldBe(["81 d"]);
    }

    [Fact]
    public async Task Bytes_hold_back_as_messages_do()
    {
        _bytes.Available = 0;
        await _rig.Arrive(Of(Ping, []));
        _rig.Output.Read().ShouldBe(["8a "]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        _rig.LimitsReached.ShouldBe([WebSocketLimit.ByteRate]);
    }

    [Fact]
    public async Task A_peer_that_is_not_to_be_held_back_is_answered_and_failed()
    {
        Limit(RateLimitAction.Close);
        _messages.Available = 1;
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8)]);
        var fault = (await _rig.Ending)!.Fault!;
        fault.ShouldBe(ProtocolFault.TooManyMessages);
        fault.Limit.ShouldBe(WebSocketLimit.MessageRate);
        _rig.Output.Read().ShouldBe(["81 a", "81 b"]);
    }

    [Fact]
    public async Task So_is_one_that_sends_too_many_bytes()
    {
        Limit(RateLimitAction.Close);
        _bytes.Available = 10;
        await _rig.Arrive(Of(Binary, new byte[20]));
        var fault = (await _rig.Ending)!.Fault!;
        fault.ShouldBe(ProtocolFault.TooManyBytes);
        fault.Limit.ShouldBe(WebSocketLimit.ByteRate);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    public async Task Work_that_brings_no_bytes_is_paid_for_before_more_of_it_is_done(int messages)
    {
        var inflater = new IncomingCompression(
            new ZlibPools(maxAttached: 0), new DeflateAgreement(false, false, null, null), maxRatio: 200, _rig.Memory, _rig.Time);
        var rig = new ReceiveLoopRig(aheadBytes: 1000, inflater: inflater)
        {
            Rates = Rates(new RawWebSocketOptions { ByteRateLimiter = _bytes }),
        };
        _ = rig.EchoAllAsync();
        _bytes.Available = 10_000_000;
        byte[] message = [.. CostlyBlocks.Of("final and empty", 240_000 / messages), 0x00];
        await rig.Arrive([.. Enumerable.Repeat(Of(Binary | 0x40, message), messages).SelectMany(frame => frame)]);

        // The loop goes on elsewhere: it has paid, perhaps more than once.
        await _bytes.Awaited.WaitAsync(TimeSpan.FromSeconds(60));
        rig.MessagesReceived.ShouldBeLessThan(messages);

        // All of it is worth 490 million bytes.
        _bytes.Asked.Sum(static count => (long)count).ShouldBeLessThan(100_000_000);
    }

    [Fact]
    public async Task A_peer_that_was_not_being_read_is_held_back_rather_than_failed()
    {
        // The application is behind with the first of three, and then throws all away.
        var rig = new ReceiveLoopRig(aheadBytes: 1);
        var options = new RawWebSocketOptions { MessageRateLimiter = _messages, RateLimitAction = RateLimitAction.Close };
        rig.Rates = new ReceiveRates(new EndpointRates(options), _connection, rig, rig, rig.Received, rig.Time);
        _messages.Available = 1;
        await rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8), .. Of(Text, "c"u8)]);
        rig.Received.Finish();

        await _messages.Awaited.WaitAsync(TimeSpan.FromSeconds(60));
        rig.IsAborted = true;
        rig.Received.SignalChange();
        await rig.Arrive(Closing(1000, []));
        (await rig.Ending)!.Close.ShouldNotBeNull();
    }

    [Theory]
    [InlineData("closed")]
    [InlineData("aborted")]
    public async Task Nobody_is_held_back_whose_connection_ends(string how)
    {
        _messages.Available = 0;
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8)]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        switch (how)
        {
            case "closed":
                _ = _rig.Output.Close();
                break;
            default:
                _rig.IsAborted = true;
                break;
        }

        _rig.Received.SignalChange();
        await _rig.Arrive([.. Of(Text, "c"u8), .. Closing(1000, [])]);
        (await _rig.Ending)!.Close.ShouldNotBeNull();
        _rig.Loop.IsHeldBack.ShouldBeFalse();
        _messages.Stopped.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_peer_that_has_gone_left_behind_costs_as_much_as_before()
    {
        _messages.Available = 1;
        await _rig.Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8)]);
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        await _rig.Arrive([.. Of(Text, "c"u8), .. Closing(1000, [])]);
        _rig.EndInput();
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        _rig.Output.Read().ShouldBe(["81 a", "81 b"]);

        _messages.Available = 1;
        _messages.Grant();
        (await _rig.Ending)!.Close.ShouldNotBeNull();
        _rig.Output.Read().ShouldBe(["81 c"]);
    }

    [Fact]
    public async Task A_limiter_that_throws_is_the_applications_failure()
    {
        _rig.Rates = Rates(new RawWebSocketOptions { MessageRateLimiter = new ScriptedLimiter { Most = 0 }, MaxBytesPerSecond = null });
        await _rig.Arrive(Of(Text, "a"u8));
        (await _rig.Ending)!.Fault.ShouldBe(ProtocolFault.LimiterFailed);
        _rig.ApplicationFailure.ShouldBeOfType<ArgumentOutOfRangeException>();
    }

    private void Limit(RateLimitAction action) => _rig.Rates = Rates(
        new RawWebSocketOptions { MessageRateLimiter = _messages, ByteRateLimiter = _bytes, RateLimitAction = action });

    private ReceiveRates Rates(RawWebSocketOptions options) =>
        new(new EndpointRates(options), _connection, _rig, _rig, _rig.Received, _rig.Time);
}
