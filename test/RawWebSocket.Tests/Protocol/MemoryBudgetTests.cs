using System.Runtime.CompilerServices;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Protocol;

public sealed class MemoryBudgetTests
{
    private readonly MemoryBudget _budget = new(800) { CountSharers = static () => 10 };

    [Fact]
    public void Every_connection_has_the_same_share_and_so_all_together_stay_within_a_quarter_above_it()
    {
        _budget.FairShare.ShouldBe(80);
        ((_budget.Limit / 2) + (10 * _budget.MayKeep)).ShouldBeLessThanOrEqualTo(_budget.Limit);
        (_budget.Limit + (10 * _budget.MayHoldBeyond)).ShouldBeLessThanOrEqualTo(_budget.Limit * 5 / 4);
    }

    [Fact]
    public void It_is_scarce_from_half_of_it_on_and_exceeded_beyond_it()
    {
        _budget.Charge(400);
        _budget.IsScarce.ShouldBeFalse();
        _budget.Charge(1);
        _budget.IsScarce.ShouldBeTrue();
        _budget.Charge(399);
        _budget.IsExceeded.ShouldBeFalse();
        _budget.Charge(1);
        _budget.IsExceeded.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_waits_for_it_is_told_when_it_is_not_exceeded_any_more()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _budget.Charge(900);
        _budget.WhenRelieved(() => told.SetResult());
        _budget.Release(50);
        told.Task.IsCompleted.ShouldBeFalse();
        _budget.Release(50);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Whoever_waits_for_it_too_late_is_told_at_once()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _budget.WhenRelieved(() => told.SetResult());
        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task Whoever_waits_no_more_is_not_told()
    {
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var isTold = false;
        Action other = () => isTold = true;
        _budget.Charge(900);
        _budget.WhenRelieved(other);
        _budget.WhenRelieved(() => told.SetResult());
        _budget.Forget(other);
        _budget.Release(900);
        await told.Task.WaitAsync(TimeSpan.FromSeconds(60));
        isTold.ShouldBeFalse();
    }

    [Fact]
    public void Whoever_waits_no_more_is_not_kept()
    {
        _budget.Charge(900);
        var waiter = WaitAndForget();
        GC.Collect();
        waiter.IsAlive.ShouldBeFalse();
        _budget.Release(900);

        [MethodImpl(MethodImplOptions.NoInlining)]
        WeakReference WaitAndForget()
        {
            var queue = new ReceiveQueue();
            _budget.WhenRelieved(queue.SignalChange);
            _budget.Forget(queue.SignalChange);
            return new WeakReference(queue);
        }
    }
}
