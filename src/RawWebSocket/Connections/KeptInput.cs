using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>The transport's memory that is kept while the application is behind, as the memory budget sees it.</summary>
internal struct KeptInput(MemoryAccount memory)
{
    private long _bytes;

    public void Set(long bytes)
    {
        if (bytes == _bytes)
        {
            return;
        }

        memory.Charge(bytes);
        memory.Release(_bytes);
        _bytes = bytes;
    }
}
