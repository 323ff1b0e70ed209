namespace RawWebSocket.Integration.Tests.Kit;

/// <summary>A clock that stands still until a test moves it. Timers run on the thread that does, in the order they are due.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ManualTimer> _timers = [];
    private readonly DateTimeOffset _start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Each time that somebody has looked at the clock: what began then can be waited for.</summary>
    public Recorder<TimeSpan> Looks { get; } = new();

    /// <summary>Each time that a timer was set: what was waited for can be made to have passed.</summary>
    public Recorder<TimeSpan> Timers { get; } = new();

    public override long GetTimestamp()
    {
        var now = Now;
        Looks.Add(now);
        return now.Ticks;
    }

    public override DateTimeOffset GetUtcNow() => _start + Now;

    private TimeSpan Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    public void Advance(TimeSpan by)
    {
        var target = Now + by;
        while (NextDue(target) is { } timer)
        {
            timer.Run();
        }

        lock (_gate)
        {
            _now = target;
        }
    }

    /// <summary>
    /// Moves the clock second by second until something has happened that begins at a moment which the test does not see. It waits a little in
    /// between: a test that never leaves its thread of the pool can keep what it waits for from ever running.
    /// </summary>
    public async Task AdvanceUntilAsync(Task happened)
    {
        var begun = Environment.TickCount64;
        while (!happened.IsCompleted)
        {
            (Environment.TickCount64 - begun).ShouldBeLessThan((long)Waiting.Limit.TotalMilliseconds, "It does not happen.");
            Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(happened, Task.Delay(15));
        }

        await happened;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new ManualTimer(this, callback, state);
        lock (_gate)
        {
            _timers.Add(timer);
        }

        timer.Change(dueTime, period);
        return timer;
    }

    private ManualTimer? NextDue(TimeSpan target)
    {
        lock (_gate)
        {
            var timer = _timers.Where(timer => timer.Due <= target).MinBy(timer => timer.Due);
            if (timer is null)
            {
                return null;
            }

            _now = timer.Due!.Value > _now ? timer.Due.Value : _now;
            timer.Due = timer.Period is { } period ? _now + period : null;
            return timer;
        }
    }

    private sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
    {
        public TimeSpan? Due { get; set; }

        public TimeSpan? Period { get; private set; }

        public void Run() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                Due = dueTime == Timeout.InfiniteTimeSpan ? null : clock._now + dueTime;
                Period = period == Timeout.InfiniteTimeSpan || period == TimeSpan.Zero ? null : period;
            }

            clock.Timers.Add(dueTime);
            return true;
        }

        public void Dispose()
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
