namespace RawWebSocket.Tests;

public class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Time_stands_still_until_it_is_advanced()
    {
        var before = _time.GetTimestamp();
        _time.GetElapsedTime(before).ShouldBe(TimeSpan.Zero);
        _time.Advance(TimeSpan.FromMilliseconds(1500));
        _time.GetElapsedTime(before).ShouldBe(TimeSpan.FromMilliseconds(1500));
        _time.GetUtcNow().ShouldBe(ManualTimeProvider.Start + TimeSpan.FromMilliseconds(1500));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_times_each_at_its_own()
    {
        Set("c", 3);
        Set("a", 1);
        Set("b", 2, period: 2);
        Set("also b", 2);
        _time.Advance(TimeSpan.FromSeconds(5));
        _fired.ShouldBe(["a at 1", "b at 2", "also b at 2", "c at 3", "b at 4"]);
        _time.Advance(TimeSpan.FromSeconds(1));
        _fired[^1].ShouldBe("b at 6");
    }

    [Fact]
    public void A_timer_that_is_changed_or_disposed_of_in_a_callback_does_as_it_is_told()
    {
        var later = Set("later", 2);
        var never = Set("never", 3);
        using var first = _time.CreateTimer(
            _ =>
            {
                later.Change(TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
                never.Dispose();
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);
        _time.Advance(TimeSpan.FromSeconds(10));
        _fired.ShouldBe(["later at 4"]);
        _time.ActiveTimers.ShouldBe(0);
    }

    [Fact]
    public void Waiting_with_it_ends_when_its_time_has_come()
    {
        var delay = Task.Delay(TimeSpan.FromSeconds(1), _time);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        delay.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromMilliseconds(1));
        delay.IsCompleted.ShouldBeTrue();
    }

    private ITimer Set(string name, int seconds, int period = 0) => _time.CreateTimer(
        _ => _fired.Add($"{name} at {_time.GetElapsedTime(0).TotalSeconds}"),
        null,
        TimeSpan.FromSeconds(seconds),
        period == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(period));
}
