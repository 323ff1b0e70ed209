using System.Buffers;

namespace RawWebSocket.Transport.Input;

/// <summary>A piece of what has been received and not been consumed.</summary>
internal abstract class InputSegment : ReadOnlySequenceSegment<byte>
{
    public InputSegment? Following => (InputSegment?)Next;

    public int Count => Memory.Length;

    /// <summary>Places it after another, or before all that follows.</summary>
    public void StartAt(long runningIndex, InputSegment? following)
    {
        RunningIndex = runningIndex;
        Next = following;
    }

    public void Precede(InputSegment following) => Next = following;

    /// <summary>Gives its memory back.</summary>
    public abstract void Release();
}

/// <summary>A segment in a small block that is rented for it; takes more while there is room.</summary>
internal sealed class RentedSegment(IMemoryOwner<byte> owner) : InputSegment
{
    /// <summary>Copies as much as there is room for; returns how much that was.</summary>
    public int Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, owner.Memory.Length - Count);
        bytes[..taken].CopyTo(owner.Memory.Span[Count..]);
        Memory = owner.Memory[..(Count + taken)];
        return taken;
    }

    public override void Release() => owner.Dispose();
}

/// <summary>A loop's big buffer. It becomes a connection's when it is lent.</summary>
internal sealed class ReceiveBlock(ReceiveBlocks home, int size) : InputSegment
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size, pinned: true);

    /// <summary>Whether a connection has it and the loop has another; under the lock of the connection's input.</summary>
    public bool IsLent { get; set; }

    public Span<byte> Bytes => _bytes;

    public void Hold(int count) => Memory = _bytes.AsMemory(0, count);

    // As long as it is not lent, the loop has it anyway.
    public override void Release()
    {
        if (IsLent)
        {
            home.TakeBack(this);
        }
    }
}
