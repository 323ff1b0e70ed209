namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>What the queue writes to.</summary>
public enum StressTransport
{
    /// <summary>A pipe with little room.</summary>
    Pipe,

    /// <summary>A TCP connection.</summary>
    Socket,
}

/// <summary>How messages are compressed.</summary>
public enum StressCompression
{
    None,
    EachAlone,
    WithContext,
}

/// <summary>How a round ends.</summary>
public enum RoundEnd
{
    /// <summary>By a close frame, behind all that was sent before.</summary>
    Close,

    /// <summary>By a close frame that does not wait for a message in fragments, or for anything.</summary>
    Interrupt,

    /// <summary>The queue is stopped, and the peer reads on.</summary>
    Stop,

    /// <summary>The output throws, or says that it has ended.</summary>
    OutputFails,

    /// <summary>The peer reads no more.</summary>
    PeerLeaves,
}

/// <summary>What the queue of a round is made with.</summary>
/// <param name="Compression">How messages are compressed.</param>
/// <param name="LeastCompressed">Shorter messages are not compressed, in bytes.</param>
/// <param name="Policy">What happens to a post for which there is no room.</param>
/// <param name="High">So many bytes of posts may wait.</param>
/// <param name="Low">With so many bytes left the queue has drained.</param>
/// <param name="LongWrite">How much of a long message the output is given before it is flushed, in bytes.</param>
internal sealed record StressTerms(
    StressCompression Compression, int LeastCompressed, SlowReaderPolicy Policy, long High, long Low, int LongWrite)
{
    public static StressTerms Draw(StressCompression compression, Random random)
    {
        var high = random.Next(3) switch { 0 => 2_000L, 1 => 40_000L, _ => 100_000_000L };
        return new(
            compression,
            LeastCompressed: random.Next(2) * 100,
            (SlowReaderPolicy)random.Next(4),
            high,
            Low: random.Next(2) * high / 4,
            LongWrite: random.Next(2) == 0 ? 64 * 1024 : 200 * 1024);
    }
}
