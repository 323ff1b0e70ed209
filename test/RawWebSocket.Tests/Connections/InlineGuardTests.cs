using System.Linq.Expressions;
using RawWebSocket.Connections;
using RawWebSocket.Protocol;
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
        run.MustLeaveThread.ShouldBeFalse();
    });

    [Fact]
    public void The_second_run_that_takes_longer_is_told_of_once_and_all_connections_leave_the_thread() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        RunFor(run, Limit * 2);
        run.MustLeaveThread.ShouldBeFalse();
        RunFor(run, Limit * 3);
        RunFor(run, Limit * 4);
        _warnings.ShouldBe([Limit * 3]);
        run.MustLeaveThread.ShouldBeTrue();
        new InlineRun(_guard).MustLeaveThread.ShouldBeTrue();
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

        _time.Advance(Limit * 2);
        run.Check(_time.GetTimestamp());
        run.End();
        _warnings.ShouldBe([Limit * 4]);
    });

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
        await Task.Run(() => new InlineRun(_guard).MustLeaveThread.ShouldBeFalse());
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
