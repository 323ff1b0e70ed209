using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Protocol;

/// <summary>Decoders without those limits that a test is not about.</summary>
internal static class Decoders
{
    public static MessageDecoder New(
        long maxWholeLength = long.MaxValue, int maxFragments = int.MaxValue, Delivery delivery = default, MemoryAccount? memory = null) =>
        new(new DecoderTerms(maxWholeLength, maxFragments, memory ?? Memory())) { Delivery = delivery };

    /// <summary>An account of a budget that never ends.</summary>
    public static MemoryAccount Memory() => new(new MemoryBudget(long.MaxValue));
}
