using System.IO.Compression;
using RawWebSocket.Compression;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Compression;

/// <summary>An outgoing compression and the peer that follows it with exactly the window that was agreed.</summary>
internal sealed class OutgoingRig(int windowBits = 15, int maxAttached = 1, long budget = 10_000_000)
{
    private readonly StrictInflate _peer = new(windowBits);

    public ManualTimeProvider Time { get; } = new();

    public ZlibPools Pools { get; } = new(maxAttached);

    public MemoryAccount Memory { get; } = new(new MemoryBudget(budget));

    public DeflateSettings Settings { get; } = new(CompressionLevel.Optimal, windowBits, MemoryLevel: 8);

    /// <summary>Takes memory for something else.</summary>
    public void Charge(long bytes) => ((IMemoryAccount)Memory).Charge(bytes);

    public DedicatedCompression Dedicated() => new(Pools, Settings, Memory, Time);

    /// <summary>How long it takes to compress a fragment.</summary>
    public TimeSpan Taking { get; set; }

    public AdaptiveCompression Adaptive(bool mayTakeOver = true, int bytesPerSecond = 1_000_000) =>
        new(Pools, Settings, mayTakeOver, bytesPerSecond, Memory, Time);

    /// <summary>Sends a message if it is worthwhile, and tells its size on the wire; null when it is not.</summary>
    public int? Offer(OutgoingCompression compression, byte[] message) =>
        compression.IsWorthwhile(message.Length, isWhole: true) ? Send(compression, message) : null;

    /// <summary>Compresses a message in one fragment or more, checks that the peer reads it, and tells its size on the wire.</summary>
    public int Send(OutgoingCompression compression, byte[] message, params IEnumerable<int> cuts)
    {
        var wire = new List<byte>();
        var start = 0;
        foreach (var end in cuts.Append(message.Length))
        {
            using var payload = new SlowPayload(message[start..end], Time, Taking);
            using var fragment = compression.Compress(payload.Sequence, isFinal: end == message.Length);
            wire.AddRange(fragment.Span);
            start = end;
        }

        _peer.Message(wire.ToArray()).AsSpan().SequenceEqual(message).ShouldBeTrue();
        return wire.Count;
    }
}
