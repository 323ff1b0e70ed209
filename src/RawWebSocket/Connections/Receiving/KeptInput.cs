using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>The transport's memory that is kept while the application is behind, as the memory budget sees it.</summary>
internal struct KeptInput
{
    // So that many short messages are charged together.
    private const long Step = 4096;

    private long _bytes;

    public readonly long Bytes => _bytes;

    /// <summary>What is charged is set right when it has grown by much.</summary>
    public void Grow(long bytes, IMemoryAccount memory)
    {
        if (bytes - _bytes >= Step)
        {
            Set(bytes, memory);
        }
    }

    public void Set(long bytes, IMemoryAccount memory)
    {
        var more = bytes - _bytes;
        if (more > 0)
        {
            memory.Charge(more);
        }
        else if (more < 0)
        {
            memory.Release(-more);
        }

        _bytes = bytes;
    }
}
