using RawWebSocket.Connections.Timing;

namespace RawWebSocket.Tests.Connections;

/// <summary>A beat a second.</summary>
public class PeerClockTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();
    private readonly PeerClock _clock;
    private bool _isBehind;

    public PeerClockTests()
    {
        _clock = new PeerClock(_time, limit =>
        {
            limit.ShouldBe(Second);
            return _isBehind;
        });
        _clock.Start(Second);
    }

    [Fact]
    public void From_beat_to_beat_it_goes_as_the_clock_behind_it()
    {
        Beats(10, Second).ShouldBe(10);
        Beats(10, 0.9 * Second).ShouldBe(9);
        Beats(10, 1.5 * Second).ShouldBe(15);
        _clock.IsCatchingUp.ShouldBeFalse();
    }

    [Fact]
    public void Between_two_beats_it_goes_on()
    {
        var before = _clock.Now;
        _time.Advance(0.25 * Second);
        _time.GetElapsedTime(before, _clock.Now).ShouldBe(0.25 * Second);
    }

    [Fact]
    public void A_beat_that_comes_late_counts_as_one_and_the_two_after_it_not_at_all()
    {
        Beats(1, 3600 * Second).ShouldBe(1);
        Beats(2, Second).ShouldBe(0);
        Beats(5, Second).ShouldBe(5);
    }

    [Fact]
    public void Before_the_late_beat_it_stands_and_says_so()
    {
        var before = _clock.Now;
        _time.Advance(65 * Second);
        _clock.IsCatchingUp.ShouldBeTrue();
        _time.GetElapsedTime(before, _clock.Now).ShouldBe(PeerClock.MostBeats * Second);
        _clock.Beat(Second);
        _clock.IsCatchingUp.ShouldBeTrue();
        Beats(2, Second);
        _clock.IsCatchingUp.ShouldBeFalse();
    }

    [Fact]
    public void While_the_process_is_behind_it_stands_and_two_beats_longer()
    {
        _isBehind = true;
        Beats(50, Second).ShouldBe(0);
        _isBehind = false;
        _clock.IsCatchingUp.ShouldBeTrue();
        Beats(2, Second).ShouldBe(0);
        _clock.IsCatchingUp.ShouldBeFalse();
        Beats(5, Second).ShouldBe(5);
    }

    [Fact]
    public void A_process_that_never_catches_up_is_excused_for_a_minute_and_then_for_half_of_the_time()
    {
        _isBehind = true;
        Beats(59, Second).ShouldBe(0);
        Beats(100, Second).ShouldBe(50);

        // When it has been in time for a while, it is excused again.
        _isBehind = false;
        Beats(70, Second).ShouldBeGreaterThanOrEqualTo(68);
        _isBehind = true;
        Beats(50, Second).ShouldBe(0);
    }

    [Fact]
    public void So_is_one_that_catches_up_only_now_and_then()
    {
        var counted = 0.0;
        for (var i = 0; i < 100; i++)
        {
            _isBehind = true;
            counted += Beats(1, Second);
            _isBehind = false;
            counted += Beats(1, Second);
        }

        counted.ShouldBeGreaterThan(60);
    }

    [Fact]
    public void A_process_whose_every_beat_is_late_still_gets_on()
    {
        Beats(100, 3 * Second).ShouldBe(100);
    }

    [Fact]
    public void After_a_time_without_beats_it_begins_anew()
    {
        _time.Advance(3600 * Second);
        _clock.Start(Second);
        _clock.IsCatchingUp.ShouldBeFalse();
        Beats(3, Second).ShouldBe(3);
    }

    // How many seconds they counted.
    private double Beats(int count, TimeSpan apart)
    {
        var before = _clock.Beat(Second);
        for (var beat = 0; beat < count; beat++)
        {
            _time.Advance(apart);
            _clock.Beat(Second);
        }

        return Math.Round(_time.GetElapsedTime(before, _clock.Now).TotalSeconds, 3);
    }
}
