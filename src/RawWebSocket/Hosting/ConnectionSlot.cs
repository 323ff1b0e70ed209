namespace RawWebSocket.Hosting;

/// <summary>One connection's place among <see cref="ConnectionSlots"/>. Disposing it gives the place back, the first time.</summary>
internal class ConnectionSlot(ConnectionSlots slots) : IDisposable
{
    private int _isGivenBack;

    protected ConnectionSlots Slots => slots;

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
        {
            GiveBack();
        }
    }

    protected virtual void GiveBack() => slots.GiveBack(network: null, user: null);
}

/// <summary>A place that is also counted by address or by user.</summary>
internal sealed class CountedSlot(ConnectionSlots slots, RemoteNetwork? network, string? user) : ConnectionSlot(slots)
{
    protected override void GiveBack() => Slots.GiveBack(network, user);
}
