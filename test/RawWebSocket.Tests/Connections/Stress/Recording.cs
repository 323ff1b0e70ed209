namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>What is known of a round when all of it has ended, or should have.</summary>
internal sealed record Recording
{
    public required RoundEnd End { get; init; }

    /// <summary>All that the peer has read.</summary>
    public required byte[] Wire { get; init; }

    /// <summary>In each sender's order.</summary>
    public required IReadOnlyList<Sending> Sendings { get; init; }

    /// <summary>Just before the first that ends the round was done.</summary>
    public long EndCalled { get; init; }

    /// <summary>When that had been done, so that nothing may be taken any more; never, where the queue has to notice by itself.</summary>
    public long EndReturned { get; init; } = long.MaxValue;

    /// <summary>The codes with which it was closed, of which one counts.</summary>
    public IReadOnlyList<int> CloseCodes { get; init; } = [];

    public bool IsCompressed { get; init; }

    public SlowReaderPolicy Policy { get; init; } = SlowReaderPolicy.Wait;

    /// <summary>Posts that were taken and then dropped, as it was told.</summary>
    public int DroppedLater { get; init; }

    /// <summary>Posts that were not taken, as it was told.</summary>
    public int DroppedAtOnce { get; init; }

    /// <summary>How often it was told that nothing more can be sent.</summary>
    public int FailuresTold { get; init; }

    /// <summary>Bytes that were counted as sent.</summary>
    public long BytesTold { get; init; }

    /// <summary>Messages that were counted as sent.</summary>
    public int MessagesTold { get; init; }

    /// <summary>What memory is still charged for, in bytes.</summary>
    public long Held { get; init; }

    /// <summary>What is still told as buffered, in bytes.</summary>
    public long Buffered { get; init; }

    /// <summary>What threads, output and peer have to say against the queue.</summary>
    public IReadOnlyList<string> Complaints { get; init; } = [];

    /// <summary>Whether the peer was told of the end, so that nothing may be cut.</summary>
    public bool EndsWithClose => End is RoundEnd.Close or RoundEnd.Interrupt;
}
