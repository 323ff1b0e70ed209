using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>What a <see cref="PendingSend"/> is to become when its turn comes.</summary>
internal enum PendingKind
{
    /// <summary>A frame, whose header is written with it.</summary>
    Frame,

    /// <summary>A frame that was encoded for several connections, header and all.</summary>
    EncodedFrame,

    /// <summary>The right to send a message in fragments, which nobody else's message may interrupt.</summary>
    Lane,
}

/// <summary>A send that waits its turn, because another is being written or the transport is full.</summary>
internal sealed class PendingSend(PendingKind kind, Opcode opcode, ReadOnlySequence<byte> payload)
    : TaskCompletionSource<SendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    private CancellationTokenRegistration _cancellation;
    private int _taken;

    public PendingKind Kind { get; } = kind;

    public Opcode Opcode { get; } = opcode;

    public bool IsFinal { get; init; } = true;

    public ReadOnlySequence<byte> Payload { get; private set; } = payload;

    /// <summary>What it counts for in the queue's bytes: only what nobody waits for can pile up.</summary>
    public long QueuedBytes { get; } = kind == PendingKind.EncodedFrame ? payload.Length : 0;

    /// <summary>Lets the caller give up for as long as nothing of it has been written. Called before it is queued.</summary>
    public void CancelWith(CancellationToken cancellationToken)
    {
        if (cancellationToken.CanBeCanceled)
        {
            _cancellation = cancellationToken.UnsafeRegister(
                static (state, token) => ((PendingSend)state!).GiveUp(token), this);
        }
    }

    /// <summary>Claims it for writing; false when its caller has given it up.</summary>
    public bool TryTake()
    {
        if (Interlocked.Exchange(ref _taken, 1) != 0)
        {
            return false;
        }

        _cancellation.Unregister();
        return true;
    }

    private void GiveUp(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _taken, 1) == 0)
        {
            Payload = default;
            TrySetCanceled(cancellationToken);
        }
    }
}
