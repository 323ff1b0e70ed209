using RawWebSocket.Connections.Receiving;

namespace RawWebSocket.Tests.Connections;

public class SignalTests
{
    private readonly object _gate = new();
    private Signal _signal;

    [Fact]
    public void Waiting_ends_with_the_next_signal()
    {
        var waiting = _signal.WaitAsync(_gate);
        waiting.IsCompleted.ShouldBeFalse();
        _signal.Set(_gate);
        waiting.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void A_signal_that_came_before_is_kept_for_one_wait()
    {
        _signal.Set(_gate);
        _signal.Set(_gate);
        _signal.WaitAsync(_gate).IsCompleted.ShouldBeTrue();
        _signal.WaitAsync(_gate).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public void A_signal_that_ended_a_wait_is_not_kept_for_the_next()
    {
        _ = _signal.WaitAsync(_gate);
        _signal.Set(_gate);
        _signal.WaitAsync(_gate).IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task The_waiter_does_not_go_on_inside_whoever_signals()
    {
        using var mayGoOn = new ManualResetEventSlim();
        var waiter = WaitAsync();
        await Task.Run(() =>
        {
            _signal.Set(_gate);
            mayGoOn.Set();
        });
        (await waiter).ShouldBeTrue();

        async Task<bool> WaitAsync()
        {
            await _signal.WaitAsync(_gate).ConfigureAwait(false);

            // Inside the signalling thread this would wait for itself.
            return mayGoOn.Wait(TimeSpan.FromSeconds(10));
        }
    }

    [Fact]
    public async Task No_change_is_missed_however_the_two_meet()
    {
        const int Changes = 20_000;
        var changed = 0;
        var seen = Task.Run(async () =>
        {
            while (Volatile.Read(ref changed) < Changes)
            {
                await _signal.WaitAsync(_gate);
            }
        });

        for (var i = 0; i < Changes; i++)
        {
            Interlocked.Increment(ref changed);
            _signal.Set(_gate);
        }

        await seen;
    }
}
