namespace RawWebSocket.Connections.Lifetime;

/// <summary>What the server's own buffers may hold.</summary>
/// <param name="Budget">Of all connections together, in bytes.</param>
/// <param name="ReadAhead">Of one connection, read and not taken, in bytes.</param>
/// <param name="WriteBehind">Of one connection, taken and not sent, in bytes.</param>
/// <param name="Block">The size of the blocks of which buffers are made: the least that a byte takes.</param>
internal sealed record TransportRoom(long Budget, long ReadAhead, long WriteBehind, int Block)
{
    /// <summary>What a connection may hold at most, in bytes: a block that is begun is held whole.</summary>
    public long Most => InBlocks(ReadAhead) + InBlocks(WriteBehind) + (2L * Block);

    /// <summary>How many connections fit into the budget whatever they do.</summary>
    public long SafeConnections => Budget / Most;

    /// <summary>The bytes of the blocks that so many bytes take.</summary>
    public long InBlocks(long bytes) => (bytes / Block * Block) + (bytes % Block == 0 ? 0 : Block);
}
