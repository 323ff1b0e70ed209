using System.Runtime;
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
    public void A_run_that_takes_longer_is_told_of_once_and_all_connections_leave_the_thread() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        RunFor(run, Limit * 2);
        RunFor(run, Limit * 3);
        _warnings.ShouldBe([Limit * 2]);
        run.MustLeaveThread.ShouldBeTrue();
        new InlineRun(_guard).MustLeaveThread.ShouldBeTrue();
    });

    [Fact]
    public void A_run_that_does_not_end_is_seen_by_the_heartbeat() => AnotherThread.Runs(() =>
    {
        var run = new InlineRun(_guard);
        run.Begin();
        _time.Advance(Limit);
        run.Check(_time.GetTimestamp());
        _guard.HasTripped.ShouldBeFalse();

        _time.Advance(Limit);
        run.Check(_time.GetTimestamp());
        run.End();
        _warnings.ShouldBe([Limit * 2]);
    });

    [Fact]
    public void The_time_that_code_took_to_compile_is_not_charged() => AnotherThread.Runs(() =>
    {
        JitInfo.GetCompilationTime().ShouldBeGreaterThan(TimeSpan.FromMilliseconds(1));
        RunFor(new InlineRun(_guard), Limit + TimeSpan.FromMilliseconds(1));
        _guard.HasTripped.ShouldBeFalse();
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
            var run = new InlineRun(_guard);
            RunFor(run, Limit * 2);
            _guard.HasTripped.ShouldBeFalse();
        });
        AnotherThread.Runs(() => RunFor(new InlineRun(_guard), Limit * 2));
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

    private void RunFor(InlineRun run, TimeSpan duration)
    {
        run.Begin();
        _time.Advance(duration);
        run.End();
    }
}
