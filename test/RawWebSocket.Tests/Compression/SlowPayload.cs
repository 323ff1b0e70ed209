using System.Buffers;

namespace RawWebSocket.Tests.Compression;

/// <summary>A payload that it takes a time to get at, once: what is done with it takes so long by the clock.</summary>
internal sealed class SlowPayload(byte[] bytes, ManualTimeProvider time, TimeSpan taking) : MemoryManager<byte>
{
    private TimeSpan _left = taking;

    public ReadOnlySequence<byte> Sequence => new(Memory);

    public override Memory<byte> Memory => CreateMemory(bytes.Length);

    public override Span<byte> GetSpan()
    {
        time.Advance(_left);
        _left = TimeSpan.Zero;
        return bytes;
    }

    public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
