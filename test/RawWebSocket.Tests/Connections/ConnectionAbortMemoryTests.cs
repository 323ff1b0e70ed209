using Microsoft.Extensions.Logging.Abstractions;
using RawWebSocket.Connections.Lifetime;
using RawWebSocket.Protocol;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>What an abort gives back, and whom the budget ends.</summary>
public sealed class ConnectionAbortMemoryTests : IDisposable
{
    private const int Limit = 1024 * 1024;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConnectionsRig _rig = new(Limit);

    public ConnectionAbortMemoryTests() => _rig.Memory.CountSharers = () => _rig.Open.Count;

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task What_waits_behind_the_message_that_is_looked_at_is_never_delivered_after_an_abort()
    {
        var goOn = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var handled = 0;
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(async connection =>
        {
            while (await connection.ReceiveAsync() is { } message)
            {
                handled++;
                await goOn.Task;
                message.Text.ShouldBe("first");
            }
        });
        await rig.PeerSends([.. Of(Text, "first"u8), .. Enumerable.Range(0, 100).SelectMany(static _ => Of(Text, "next"u8))]);
        await _rig.SomethingIsHeld().WaitAsync(Patience);
        rig.Connection.Abort();
        await rig.Connection.Completion.WaitAsync(Patience);
        running.IsCompleted.ShouldBeFalse();
        goOn.SetResult();
        await running;
        handled.ShouldBe(1);
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task An_abort_gives_all_back_though_the_application_goes_on_for_ever_once_it_looks_at_nothing()
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var rig = await _rig.ConnectAsync();
        var running = rig.Run(_ => ends.Task);
        await rig.PeerSends(Of(Text, new byte[5000]));
        await _rig.SomethingIsHeld().WaitAsync(Patience);
        rig.Connection.Abort();
        await NothingIsHeld().WaitAsync(Patience);
        running.IsCompleted.ShouldBeFalse();
        ends.SetResult();
        await running;
    }

    [Fact]
    public async Task Nobody_is_shed_for_what_one_holds_who_has_ended()
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = await _rig.ConnectAsync();
        var modest = await _rig.ConnectAsync();
        var (goneRuns, modestRuns) = (gone.Run(_ => ends.Task), modest.Run(_ => ends.Task));
        await BothAreOpen();
        gone.Connection.Abort();
        Charge(gone, Limit);
        Charge(modest, Limit - 1);
        await Shed(times: 10);
        modest.Connection.IsAborted.ShouldBeFalse();
        Charge(gone, -Limit);
        Charge(modest, 1 - Limit);
        ends.SetResult();
        modest.Connection.Abort();
        await Task.WhenAll(goneRuns, modestRuns);
    }

    [Fact]
    public async Task Whoever_holds_no_more_than_a_fair_share_lives_while_one_above_it_is_shed()
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var greedy = await _rig.ConnectAsync();
        var modest = await _rig.ConnectAsync();
        var running = Task.WhenAll(greedy.Run(_ => ends.Task), modest.Run(_ => ends.Task));
        await BothAreOpen();
        Charge(modest, Limit / 2);
        Charge(greedy, Limit);
        new MemoryShedder(_rig.Memory, _rig.Open, NullLogger.Instance).Start();
        (await greedy.Connection.Completion.WaitAsync(Patience)).Limit.ShouldBe(WebSocketLimit.Memory);
        await Shed(times: 10);
        modest.Connection.IsAborted.ShouldBeFalse();
        Charge(modest, -Limit / 2);
        Charge(greedy, -Limit);
        ends.SetResult();
        modest.Connection.Abort();
        await running;
    }

    [Fact]
    public void A_frame_that_many_hold_counts_with_its_equal_part()
    {
        var frame = EncodedFrame.Binary(new byte[1000]);
        var accounts = Enumerable.Range(0, 10).Select(_ => new MemoryAccount(_rig.Memory)).ToArray();
        foreach (var account in accounts)
        {
            frame.Hold(account);
        }

        (frame.Size - frame.SharedBytes).ShouldBe(frame.Size / 10);
        foreach (var account in accounts[1..])
        {
            frame.LetGo(account);
        }

        frame.SharedBytes.ShouldBe(0);
        frame.LetGo(accounts[0]);
        _rig.Memory.Held.ShouldBe(0);
    }

    private static void Charge(ConnectionRig rig, long bytes) => ((IMemoryAccount)rig.Connection).Charge(bytes);

    [Fact]
    public async Task A_run_that_could_shed_nobody_is_repeated_at_the_next_beat_and_not_for_each_charge()
    {
        var runs = 0;
        _rig.Memory.CountSharers = () => ++runs;
        var shedder = new MemoryShedder(_rig.Memory, _rig.Open, NullLogger.Instance);
        _rig.Memory.Exceeded = shedder.Start;
        _rig.Memory.Charge(2 * Limit);
        await ItHasEnded(shedder);
        runs.ShouldBe(1);
        for (var charge = 0; charge < 10; charge++)
        {
            _rig.Memory.Charge(1);
            shedder.IsRunning.ShouldBeFalse();
        }

        shedder.OnBeat();
        await ItHasEnded(shedder);
        runs.ShouldBe(2);

        // Somebody may hold too much by now.
        _rig.Memory.Charge(Limit / 8);
        await ItHasEnded(shedder);
        runs.ShouldBe(3);
        _rig.Memory.Release((2 * Limit) + 10 + (Limit / 8));
    }

    // What it does it has done when it returns; started again and again it finds nothing to do.
    private async Task Shed(int times)
    {
        var shedder = new MemoryShedder(_rig.Memory, _rig.Open, NullLogger.Instance);
        for (var time = 0; time < times; time++)
        {
            shedder.OnBeat();
            await Task.Delay(5);
        }
    }

    private static async Task ItHasEnded(MemoryShedder shedder)
    {
        while (shedder.IsRunning)
        {
            await Task.Delay(1);
        }
    }

    private async Task BothAreOpen()
    {
        while (_rig.Open.Count < 2)
        {
            await Task.Delay(1);
        }
    }

    private async Task NothingIsHeld()
    {
        while (_rig.Memory.Held > 0)
        {
            await Task.Delay(1);
        }
    }
}
