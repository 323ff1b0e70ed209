using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Connections;

/// <summary>What becomes of what a peer sends while all connections together hold more than the memory budget.</summary>
public class ReceiveLoopMemoryTests
{
    private const int BudgetSize = 100_000;
    private const int HeldByOthers = 150_000;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly ReceiveLoopRig _rig = new(aheadBytes: BudgetSize, budget: BudgetSize);

    public ReceiveLoopMemoryTests() => Budget.Charge(HeldByOthers);

    private MemoryBudget Budget => _rig.Output.Queue.Memory.Budget;

    [Fact]
    public async Task What_is_small_is_dealt_with_as_ever()
    {
        var echoing = _rig.EchoAllAsync();
        await _rig.Arrive(Of(Text, "small"u8));
        _rig.Output.Read().ShouldBe(["81 small"]);
        _rig.Loop.IsHeldBack.ShouldBeFalse();
        echoing.IsCompleted.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_much_waits_with_the_transport_and_is_read_when_memory_has_been_given_back()
    {
        var message = _rig.Received.WaitAsync(Delivery.Whole, 0, default).AsTask();
        await _rig.Arrive(Of(Text, new byte[50_000]));
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        _rig.HeldBack.ShouldBe([true]);
        _rig.Memory.Held.ShouldBe(0);
        message.IsCompleted.ShouldBeFalse();

        Budget.Release(HeldByOthers / 4);
        _rig.Received.SignalChange();
        message.IsCompleted.ShouldBeFalse("the budget is still exceeded");

        Budget.Release(HeldByOthers - (HeldByOthers / 4));
        (await message.WaitAsync(Limit)).ShouldBeTrue();
        _rig.Take().Length.ShouldBe(50_000);
        _rig.Loop.TakeHeldBack().ShouldBeTrue("its silence said nothing about the peer");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task What_turns_out_to_be_too_much_while_it_is_read_goes_on_where_it_stopped(int fragments)
    {
        const int Length = 50_000;
        const int HeldStill = 90_000;
        Budget.Release(HeldByOthers - HeldStill);
        var text = string.Concat(Enumerable.Range(0, Length).Select(static i => (char)('a' + (i % 26))));
        var message = _rig.Received.WaitAsync(Delivery.Whole, 0, default).AsTask();
        await _rig.Arrive(InFragments(text, fragments));
        _rig.Loop.IsHeldBack.ShouldBeTrue();
        message.IsCompleted.ShouldBeFalse();
        _rig.Memory.Held.ShouldBeInRange(1, Length / 2);

        Budget.Release(HeldStill);
        (await message.WaitAsync(Limit)).ShouldBeTrue();
        _rig.Take().ShouldBe(text);
        _rig.ReceivedBytes.ShouldBe(InFragments(text, fragments).Length);
    }

    [Fact]
    public async Task Nobody_waits_for_memory_who_has_been_aborted()
    {
        await _rig.Arrive(Of(Text, new byte[50_000]));
        _rig.IsAborted = true;
        _rig.Received.SignalChange();
        (await _rig.Ending.WaitAsync(Limit)).ShouldBeNull();
        _rig.Memory.Held.ShouldBe(0);
    }

    [Fact]
    public async Task Nobody_waits_for_memory_who_has_closed_since_what_comes_is_discarded()
    {
        await _rig.Arrive([.. Of(Text, new byte[50_000]), .. Of(Close, [0x03, 0xE8])]);
        _ = _rig.Output.Queue.Controls.CloseAsync(new ClosePayload(WebSocketCloseStatus.NormalClosure, ""), StreamedMessage.IsInterrupted);
        _rig.Received.SignalChange();
        (await _rig.Ending.WaitAsync(Limit))!.Close!.Value.Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        _rig.Memory.Held.ShouldBe(0);
    }

    private static byte[] InFragments(string text, int count)
    {
        var length = text.Length / count;
        return [.. Enumerable.Range(0, count).SelectMany(i => Of(
            (byte)((i == count - 1 ? 0x80 : 0) | (i == 0 ? 1 : 0)), Encoding.ASCII.GetBytes(text.Substring(i * length, length))))];
    }
}
