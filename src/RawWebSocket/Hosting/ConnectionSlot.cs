namespace RawWebSocket.Hosting;

/// <summary>One connection's place among <see cref="ConnectionSlots"/>. Disposing it gives the place back, the first time.</summary>
internal sealed class ConnectionSlot(ConnectionSlots slots, RemoteNetwork? network, string? user) : IDisposable
{
    private int _isGivenBack;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
        {
            slots.GiveBack(network, user);
        }
    }
}
