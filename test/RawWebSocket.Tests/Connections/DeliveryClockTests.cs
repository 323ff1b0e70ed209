using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Connections.Sending;

namespace RawWebSocket.Tests.Connections;

public class DeliveryClockTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTimeProvider _time = new();
    private DeliveryClock _clock;

    [Fact]
    public void Nothing_left_or_nothing_known_is_delivered()
    {
        Judge(0, 0).ShouldBe(DeliveryClock.Verdict.Delivered);
        Judge(null, 60).ShouldBe(DeliveryClock.Verdict.Delivered);
    }

    [Fact]
    public void A_peer_that_takes_some_within_every_patience_goes_on()
    {
        Judge(1_000_000, 0).ShouldBe(DeliveryClock.Verdict.UnderWay);
        Judge(900_000, 29).ShouldBe(DeliveryClock.Verdict.UnderWay);
        Judge(800_000, 29).ShouldBe(DeliveryClock.Verdict.UnderWay);
        Judge(0, 29).ShouldBe(DeliveryClock.Verdict.Delivered);
    }

    [Fact]
    public void A_peer_that_takes_nothing_is_stuck_when_patience_is_over()
    {
        Judge(1_000_000, 0).ShouldBe(DeliveryClock.Verdict.UnderWay);
        Judge(1_000_000, 29).ShouldBe(DeliveryClock.Verdict.UnderWay);
        Judge(1_000_000, 1).ShouldBe(DeliveryClock.Verdict.Stuck);
    }

    [Fact]
    public void A_peer_that_drips_has_one_patience_for_each_chunk_and_one_more()
    {
        const int Chunks = 3;
        var left = (Chunks * MessageWriter.Chunk) - 1;
        var verdict = Judge(left, 0);
        var beats = 0;
        while (verdict == DeliveryClock.Verdict.UnderWay)
        {
            beats++;
            verdict = Judge(--left, 10);
        }

        verdict.ShouldBe(DeliveryClock.Verdict.Stuck);
        (beats * 10).ShouldBe(Chunks * 30);
    }

    private DeliveryClock.Verdict Judge(long? left, double secondsLater)
    {
        _time.Advance(TimeSpan.FromSeconds(secondsLater));
        return _clock.Judge(_time, _time.GetTimestamp(), left, Patience);
    }
}
