using System.Runtime.CompilerServices;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

public class PendingSendTests
{
    private readonly SendQueueRig _rig = new();

    [Theory]
    [InlineData("Frame", 0, 2)]
    [InlineData("Frame", 125, 127)]
    [InlineData("Frame", 126, 130)]
    [InlineData("Frame", 65_535, 65_539)]
    [InlineData("Frame", 65_536, 65_546)]
    [InlineData("Lane", 0, 0)]
    public void Its_size_is_its_frames(string kind, int length, int size) =>
        new PendingSend(Enum.Parse<PendingKind>(kind), Opcode.Binary, new(new byte[length])).Size.ShouldBe(size);

    [Fact]
    public void It_charges_for_its_frame_and_for_itself()
    {
        var pending = Pending();
        pending.Hold(_rig.Memory);
        _rig.Budget.Held.ShouldBe(3 + RawWebSocket.Connections.Sending.Pending.Overhead);
        pending.LetGo(_rig.Memory);
        _rig.ShouldHoldNothing();
    }

    // A token may live as long as its application.
    [Fact]
    public void Completed_it_is_not_kept_alive_by_its_token()
    {
        using var cancellation = new CancellationTokenSource();
        var reference = Complete(_rig.Queue, cancellation.Token);
        GC.Collect();
        reference.IsAlive.ShouldBeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Complete(SendQueue queue, CancellationToken cancellationToken)
        {
            var pending = Pending();
            pending.CancelWith(queue, cancellationToken);
            pending.Complete(SendResult.Sent);
            return new WeakReference(pending);
        }
    }

    [Fact]
    public void One_whose_turn_has_come_is_not_cancelled_by_its_token()
    {
        using var cancellation = new CancellationTokenSource();
        var pending = Pending();
        pending.CancelWith(_rig.Queue, cancellation.Token);
        cancellation.Cancel();
        pending.Task.IsCompleted.ShouldBeFalse();
    }

    private static PendingSend Pending() => new(PendingKind.Frame, Opcode.Text, SendQueueRig.Payload("x"));
}
