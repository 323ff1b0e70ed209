namespace RawWebSocket.Hosting;

/// <summary>
/// A place among <see cref="ConnectionSlots"/>, and how it is counted. Disposing it gives the place back: to be done once.
/// </summary>
internal sealed class ConnectionSlot(ConnectionSlots slots, RemoteNetwork? network, string? user) : IDisposable
{
    public void Dispose() => slots.GiveBack(network, user);
}
