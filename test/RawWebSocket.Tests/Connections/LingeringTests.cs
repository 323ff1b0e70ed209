using System.IO.Pipelines;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Timing;

namespace RawWebSocket.Tests.Connections;

/// <summary>In virtual time: a peer that is quiet for 200 ms has said all.</summary>
public class LingeringTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Pipe _pipe = new();
    private readonly PeerClock _peers;

    public LingeringTests() => _peers = new PeerClock(_time);

    [Fact]
    public async Task It_goes_on_until_the_peer_has_been_quiet_for_a_moment()
    {
        var discarding = Discard();
        _time.Advance(TimeSpan.FromMilliseconds(199));
        discarding.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await discarding.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_cancellation_that_was_meant_for_the_reader_before_is_not_the_peers_quiet()
    {
        _pipe.Reader.CancelPendingRead();
        var discarding = Discard();
        discarding.IsCompleted.ShouldBeFalse();

        // It pauses between two reads.
        _time.Advance(TimeSpan.FromMilliseconds(50));
        await _pipe.Writer.WriteAsync("late"u8.ToArray());
        discarding.IsCompleted.ShouldBeFalse();
        await _pipe.Writer.CompleteAsync();
        while (!discarding.IsCompleted)
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            await Task.Yield();
        }

        await discarding;
    }

    private Task Discard() => Lingering.DiscardAsync(_pipe.Reader, _time, _peers, TimeSpan.FromMinutes(1));
}
