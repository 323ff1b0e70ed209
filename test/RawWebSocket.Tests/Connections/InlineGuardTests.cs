using System.Diagnostics;
using System.Linq.Expressions;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Connections.Transports;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

public class InlineGuardTests
{
    // Longer than anything that is excused takes in this process.
    private static readonly TimeSpan Limit = TimeSpan.FromHours(1);

    private readonly ManualTimeProvider _time = new();
    private readonly List<TimeSpan> _warnings = [];
    private readonly InlineGuard _guard;

    public InlineGuardTests() => _guard = new InlineGuard(_time, Limit, _warnings.Add);

    [Fact]
    public void A_run_that_takes_no_longer_than_it_may_is_left_alone() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        RunFor(run, Limit);
        RunFor(run, Limit);
        _guard.HasTripped.ShouldBeFalse();
        run.LeavesThread().ShouldBeFalse();
    });

    [Fact]
    public void The_second_run_that_takes_longer_is_told_of_once_and_all_connections_leave_the_thread() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        RunFor(run, Limit * 2);
        run.LeavesThread().ShouldBeFalse();
        RunFor(run, Limit * 3);
        RunFor(run, Limit * 4);
        _warnings.ShouldBe([Limit * 3]);
        run.LeavesThread().ShouldBeTrue();
        new InlineRun(_guard).LeavesThread().ShouldBeTrue();
    });

    [Fact]
    public void After_a_minute_the_first_is_forgotten() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        RunFor(run, Limit * 2);
        _time.Advance(InlineGuard.Memory + TimeSpan.FromMilliseconds(1));
        RunFor(run, Limit * 2);
        _guard.HasTripped.ShouldBeFalse();

        _time.Advance(InlineGuard.Memory);
        RunFor(run, Limit * 2);
        _guard.HasTripped.ShouldBeTrue();
    });

    [Fact]
    public void What_holds_up_many_runs_at_once_counts_once() => AnotherThread.Runs(() =>
    {
        var (one, other) = (new InlineRun(_guard), new InlineRun(_guard));
        one.Begin();
        other.Begin();
        _time.Advance(Limit * 2);
        one.End();
        other.Check(_time.GetTimestamp());
        other.End();
        _guard.HasTripped.ShouldBeFalse();
    });

    [Fact]
    public void A_run_that_does_not_end_is_seen_by_the_heartbeat() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        run.Begin();
        _time.Advance(Limit);
        run.Check(_time.GetTimestamp());
        _time.Advance(Limit);
        run.Check(_time.GetTimestamp());
        _guard.HasTripped.ShouldBeFalse();

        RunFor(new InlineRun(_guard), Limit * 3);
        _warnings.ShouldBe([Limit * 3]);
    });

    [Fact]
    public void One_that_takes_long_is_one_offence_however_often_it_is_seen_and_the_next_the_second() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        run.Begin();
        for (var beat = 0; beat < 100; beat++)
        {
            _time.Advance(Limit);
            run.Check(_time.GetTimestamp());
        }

        run.End();
        _guard.HasTripped.ShouldBeFalse();

        // Long after it began, and soon after it ended.
        RunFor(run, Limit * 2);
        _guard.HasTripped.ShouldBeTrue();
    });

    [Fact]
    public void While_one_blocks_for_ever_another_is_the_second_offence() => AnotherThread.Runs(() =>
    {
        var (one, other) = (new InlineRun(_guard), new InlineRun(_guard));
        one.Begin();
        _time.Advance(Limit * 2);
        one.Check(_time.GetTimestamp());
        other.Begin();
        _time.Advance(Limit * 2);
        one.Check(_time.GetTimestamp());
        _guard.HasTripped.ShouldBeFalse();
        other.Check(_time.GetTimestamp());
        _guard.HasTripped.ShouldBeTrue();
    });

    [Fact]
    public void What_a_thread_waited_for_a_processor_is_not_the_applications_doing()
    {
        var waited = TimeSpan.FromHours(5);
        var thread = new PollingThread(() => waited, _time.GetTimestamp());
        for (var i = 0; i < 3; i++)
        {
            var since = Now();
            _time.Advance(Limit * 3);
            waited += Limit * 2;
            _guard.Judge(since, InlineGuard.Excused, Now(), thread).ShouldBeTrue("it took longer, whatever the reason");
            thread.TryNote(Now()).ShouldBeTrue();
        }

        _guard.HasTripped.ShouldBeFalse();
    }

    [Fact]
    public void Whoever_sleeps_or_computes_waits_for_no_processor()
    {
        var thread = new PollingThread(static () => TimeSpan.FromHours(5), _time.GetTimestamp());
        for (var i = 0; i < 2; i++)
        {
            var since = Now();
            _time.Advance(Limit * 3);
            _guard.Judge(since, InlineGuard.Excused, Now(), thread);
        }

        _guard.HasTripped.ShouldBeTrue();
    }

    [Fact]
    public void A_wait_before_a_run_is_charged_to_it_only_since_the_last_note()
    {
        TimeSpan? waited = TimeSpan.Zero;
        var thread = new PollingThread(() => waited, Now());
        _time.Advance(Limit);
        waited = TimeSpan.FromMinutes(7);
        thread.TryNote(Now()).ShouldBeTrue();
        var since = Now();
        _time.Advance(Limit);
        waited += TimeSpan.FromMinutes(1);
        thread.WaitedSince(since).ShouldBe(TimeSpan.FromMinutes(1));

        // A beat in the middle of a run does not hide what was noted before it.
        thread.TryNote(Now()).ShouldBeTrue();
        waited += TimeSpan.FromMinutes(1);
        thread.WaitedSince(since).ShouldBe(TimeSpan.FromMinutes(2));

        waited = null;
        thread.TryNote(Now()).ShouldBeFalse();
        thread.WaitedSince(since).ShouldBe(TimeSpan.Zero);
    }

    [LinuxFact]
    public void Linux_tells_how_long_a_thread_has_waited_for_a_processor_as_long_as_it_lives()
    {
        Func<TimeSpan?>? read = null;
        AnotherThread.Runs(() =>
        {
            read = ProcessorWait.OfCurrentThread();
            var before = read();
            before.ShouldNotBeNull();
            read()!.Value.ShouldBeGreaterThanOrEqualTo(before.Value);
        });
        var patience = Stopwatch.StartNew();
        while (read!() is not null && patience.Elapsed < TimeSpan.FromSeconds(30))
        {
            Thread.Yield();
        }

        read().ShouldBeNull("the thread has ended");
    }

    [Fact]
    public void What_collecting_and_compiling_took_is_not_charged_to_any_run_it_held_up() => AnotherThread.Runs(() =>
    {
        var (one, other) = (new InlineRun(_guard), new InlineRun(_guard));
        var before = InlineGuard.Excused;
        one.Begin();
        other.Begin();
        GC.Collect();
        Expression.Lambda<Func<int>>(Expression.Constant(1)).Compile()().ShouldBe(1);
        var excused = InlineGuard.Excused - before;
        excused.ShouldBeGreaterThan(TimeSpan.Zero);

        _time.Advance(Limit + (excused / 2));
        one.Check(_time.GetTimestamp());
        one.End();
        other.End();
        RunFor(one, Limit * 2);
        _guard.HasTripped.ShouldBeFalse("it would be the second time");
    });

    [Fact]
    public void What_was_collected_and_compiled_before_a_run_excuses_nothing() => AnotherThread.Runs(() =>
    {
        InlineGuard.Excused.ShouldBeGreaterThan(TimeSpan.Zero);
        Trip();
        _guard.HasTripped.ShouldBeTrue();
    });

    [Fact]
    public void Nobody_is_charged_for_the_time_between_two_runs() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        RunFor(run, TimeSpan.Zero);
        _time.Advance(Limit * 2);
        run.Check(_time.GetTimestamp());
        run.End();
        _guard.HasTripped.ShouldBeFalse();
    });

    [Fact]
    public async Task On_the_thread_pool_a_run_may_take_as_long_as_it_likes()
    {
        await Task.Run(() =>
        {
            Trip();
            _guard.HasTripped.ShouldBeFalse();
        });
        AnotherThread.Runs(Trip);
        _guard.HasTripped.ShouldBeTrue();
        await Task.Run(() => new InlineRun(_guard).LeavesThread().ShouldBeFalse());
    }

    [Fact]
    public async Task After_a_block_the_receive_loop_runs_the_application_on_the_thread_pool()
    {
        var rig = new ReceiveLoopRig(aheadBytes: 2000, new InlineRun(_guard));
        var threads = new List<bool>();
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = TakeAllAsync();
        AnotherThread.Runs(() => RunFor(new InlineRun(_guard), Limit * 2));
        AnotherThread.Runs(() => rig.Arrive(ClientFrame.Of(ClientFrame.Text, "blocks"u8)).AsTask());
        threads.ShouldBe([false]);
        _warnings.ShouldBe([Limit * 2]);

        AnotherThread.Runs(() => rig.Arrive(ClientFrame.Of(ClientFrame.Text, "is elsewhere"u8)).AsTask());
        await second.Task.WaitAsync(TimeSpan.FromSeconds(60));
        threads.ShouldBe([false, true]);

        async Task TakeAllAsync()
        {
            while (await rig.Received.WaitAsync(Delivery.Whole, 0, default).ConfigureAwait(false))
            {
                while (rig.Received.TryTake(out _))
                {
                    threads.Add(Thread.CurrentThread.IsThreadPoolThread);
                    _time.Advance(Limit * 2);
                    if (threads.Count == 2)
                    {
                        second.SetResult();
                    }
                }
            }
        }
    }

    [Fact]
    public async Task After_a_block_even_the_end_of_a_lost_connection_is_on_the_thread_pool()
    {
        var rig = new ReceiveLoopRig(aheadBytes: 2000, new InlineRun(_guard));
        AnotherThread.Runs(Trip);
        var endedOnPool = rig.Ending.ContinueWith(
            _ => Thread.CurrentThread.IsThreadPoolThread,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        AnotherThread.Runs(() => rig.EndInput(new IOException()));
        (await endedOnPool.WaitAsync(TimeSpan.FromSeconds(60))).ShouldBeTrue();
    }

    private long Now() => _time.GetTimestamp();

    private void Trip()
    {
        var run = new InlineRun(_guard);
        RunFor(run, Limit * 2);
        RunFor(run, Limit * 2);
    }

    private void RunFor(InlineRun run, TimeSpan duration)
    {
        run.Begin();
        _time.Advance(duration);
        run.End();
    }
}
