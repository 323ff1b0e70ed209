using RawWebSocket.Connections.Timing;

namespace RawWebSocket.Tests.Connections;

public class PoolProbeTests
{
    [Fact]
    public void A_pool_that_runs_what_it_is_given_is_not_behind()
    {
        var probe = new PoolProbe();
        probe.IsBehind(TimeSpan.MaxValue).ShouldBeFalse();

        // However long that took here, it has waited for less than that.
        probe.IsBehind(TimeSpan.MaxValue).ShouldBeFalse();
    }

    [Fact]
    public async Task A_work_item_that_waits_says_that_it_is_and_says_so_no_more_when_it_has_run()
    {
        var probe = new PoolProbe();
        probe.IsBehind(TimeSpan.Zero).ShouldBeFalse("it is queued only now");

        // Whether or not it has run by itself, what is queued behind it says when it has.
        var hasRun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        while (probe.IsBehind(TimeSpan.FromDays(-1)))
        {
            await Task.Yield();
        }

        ThreadPool.UnsafeQueueUserWorkItem(static state => ((TaskCompletionSource)state!).SetResult(), hasRun);
        await hasRun.Task;
    }
}
