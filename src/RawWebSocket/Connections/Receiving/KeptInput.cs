using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>The transport's memory that is kept while the application is behind, as the memory budget sees it.</summary>
internal struct KeptInput
{
    private long _bytes;

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
