using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Sending;

/// <summary>What a <see cref="PendingSend"/> is to become when its turn comes.</summary>
internal enum PendingKind
{
    /// <summary>A frame, whose header is written with it.</summary>
    Frame,

    /// <summary>The right to send a message in fragments, which nobody else's message may interrupt.</summary>
    Lane,
}

/// <summary>A send whose sender waits for it.</summary>
internal sealed class PendingSend(PendingKind kind, Opcode opcode, ReadOnlySequence<byte> payload) : Pending
{
    private readonly TaskCompletionSource<SendResult> _sent = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _cancellation;
    private SendQueue? _queue;

    public PendingKind Kind { get; } = kind;

    public Opcode Opcode { get; } = opcode;

    public bool IsFinal { get; init; } = true;

    public MessageCompression Compression { get; init; }

    public ReadOnlySequence<byte> Payload { get; } = payload;

    public override long Size { get; } = kind == PendingKind.Lane ? 0 : FrameHeader.WrittenSize(payload.Length) + payload.Length;

    public Task<SendResult> Task => _sent.Task;

    /// <summary>Lets the caller give up for as long as it waits. Called once it is queued: the token may be cancelled already.</summary>
    public void CancelWith(SendQueue queue, CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _queue = queue;
            _cancellation = cancellationToken.UnsafeRegister(static (state, token) => ((PendingSend)state!).GiveUp(token), this);
        }
    }

    public override void Hold(IMemoryAccount account) => account.Charge(Size + Overhead);

    public override void LetGo(IMemoryAccount account) => account.Release(Size + Overhead);

    // The token may live as long as its application.
    public override void Complete(SendResult result)
    {
        _cancellation.Unregister();
        _sent.TrySetResult(result);
    }

    // One that still waits leaves the queue, with all it holds. One whose turn has come is left alone.
    private void GiveUp(CancellationToken cancellationToken)
    {
        lock (_queue!)
        {
            if (IsWaiting)
            {
                _queue.Order.Kept.Discard(this);
                _sent.TrySetCanceled(cancellationToken);
                _queue.Drainage.TellIfDrained();
            }
        }
    }
}
