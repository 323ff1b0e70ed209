using System.Runtime.CompilerServices;
using RawWebSocket.Connections;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

public class PendingSendTests
{
    [Fact]
    public void It_is_taken_once() => Taken(Pending()).ShouldBe((true, false));

    [Fact]
    public async Task Given_up_it_cannot_be_taken_and_has_let_go_of_its_payload()
    {
        using var cancellation = new CancellationTokenSource();
        var pending = Pending();
        pending.CancelWith(cancellation.Token);
        cancellation.Cancel();

        Taken(pending).ShouldBe((false, false));
        pending.Payload.IsEmpty.ShouldBeTrue();
        await Should.ThrowAsync<OperationCanceledException>(pending.Task);
    }

    [Fact]
    public void Given_up_before_it_was_queued_it_cannot_be_taken()
    {
        var pending = Pending();
        pending.CancelWith(new CancellationToken(canceled: true));
        pending.TryTake().ShouldBeFalse();
        pending.Task.IsCanceled.ShouldBeTrue();
    }

    [Fact]
    public void Taken_it_cannot_be_given_up()
    {
        using var cancellation = new CancellationTokenSource();
        var pending = Pending();
        pending.CancelWith(cancellation.Token);
        pending.TryTake().ShouldBeTrue();
        cancellation.Cancel();
        pending.Task.IsCompleted.ShouldBeFalse();
        pending.Payload.Length.ShouldBe(1);
    }

    // A token may live as long as its application.
    [Fact]
    public void Taken_it_is_not_kept_alive_by_its_token()
    {
        using var cancellation = new CancellationTokenSource();
        var reference = Take(cancellation.Token);
        GC.Collect();
        reference.IsAlive.ShouldBeFalse();

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference Take(CancellationToken cancellationToken)
        {
            var pending = Pending();
            pending.CancelWith(cancellationToken);
            pending.TryTake().ShouldBeTrue();
            return new WeakReference(pending);
        }
    }

    [Theory]
    [InlineData("EncodedFrame", 1)]
    [InlineData("Frame", 0)]
    [InlineData("Lane", 0)]
    public void Only_what_nobody_waits_for_counts_as_queued(string kind, int bytes) =>
        new PendingSend(Enum.Parse<PendingKind>(kind), Opcode.Binary, SendQueueRig.Payload("x")).QueuedBytes.ShouldBe(bytes);

    private static PendingSend Pending() => new(PendingKind.Frame, Opcode.Text, SendQueueRig.Payload("x"));

    private static (bool First, bool Second) Taken(PendingSend pending) => (pending.TryTake(), pending.TryTake());
}
