using RawWebSocket.Connections.Timing;

namespace RawWebSocket.Tests.Connections;

/// <summary>Ten seconds for a message, looked at once a second.</summary>
public class OverdueClockTests
{
    private const int Timeout = 10;

    private readonly ManualTimeProvider _time = new();
    private OverdueClock _clock;
    private TimeSpan _timeout = TimeSpan.FromSeconds(Timeout);

    [Fact]
    public void What_is_unfinished_for_long_enough_is_over()
    {
        // The first look only sees that something has begun.
        LookedAt(unfinished: 7, times: Timeout).ShouldBeFalse();
        LookedAt(unfinished: 7, times: 1).ShouldBeTrue();
    }

    [Fact]
    public void Nothing_begun_is_never_over() => LookedAt(unfinished: 0, times: 1000).ShouldBeFalse();

    [Fact]
    public void Each_message_has_its_own_time()
    {
        for (var number = 1; number < 100; number++)
        {
            LookedAt(number, times: Timeout).ShouldBeFalse();
        }
    }

    [Fact]
    public void One_that_was_finished_does_not_count_for_the_next()
    {
        LookedAt(unfinished: 1, times: Timeout).ShouldBeFalse();
        LookedAt(unfinished: 0, times: 1).ShouldBeFalse();
        LookedAt(unfinished: 2, times: Timeout).ShouldBeFalse();
        LookedAt(unfinished: 2, times: 1).ShouldBeTrue();
    }

    [Fact]
    public void Time_in_which_the_peer_was_held_back_is_not_the_peers()
    {
        LookedAt(unfinished: 1, times: 6).ShouldBeFalse();
        LookedAt(unfinished: 1, times: 1000, wasHeldBack: true).ShouldBeFalse();
        LookedAt(unfinished: 1, times: 4).ShouldBeFalse();
        LookedAt(unfinished: 1, times: 1).ShouldBeTrue();
    }

    [Fact]
    public void It_can_be_turned_off()
    {
        _timeout = System.Threading.Timeout.InfiniteTimeSpan;
        LookedAt(unfinished: 1, times: 100_000).ShouldBeFalse();
    }

    // Whether it was over at any look.
    private bool LookedAt(long unfinished, int times, bool wasHeldBack = false)
    {
        var over = false;
        for (var look = 0; look < times; look++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            over |= _clock.IsOver(_time, _time.GetTimestamp(), unfinished, _timeout, wasHeldBack);
        }

        return over;
    }
}
