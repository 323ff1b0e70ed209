using RawWebSocket.Transport.Native;

namespace RawWebSocket.Transport.Listening;

/// <summary>
/// The last descriptors of the process are not for connections. A runtime that finds none at all ends the process, because it cannot even
/// start a thread.
/// </summary>
internal static class DescriptorReserve
{
    private const int Size = 8;

    /// <summary>Whether a descriptor is one of the last. The system gives the lowest number that is free.</summary>
    public static bool Has(int descriptor) => (ulong)(uint)(descriptor + Size) >= DescriptorLimit.Current;

    /// <summary>Whether the next descriptor would be one of the last, or there is none.</summary>
    public static bool HasNext()
    {
        var next = Libc.EventDescriptor(0, flags: 0);
        if (next < 0)
        {
            return true;
        }

        SocketCalls.Close(next);
        return Has(next);
    }
}
