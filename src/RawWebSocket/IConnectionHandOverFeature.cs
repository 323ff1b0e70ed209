namespace RawWebSocket;

/// <summary>
/// A connection's feature, given by a transport of Kestrel's that can hand a connection over once the 101 has been sent: from then on it is the
/// WebSocket's alone, its request ends, and the server forgets all that it held for it.
/// </summary>
/// <remarks>
/// For authors of transports; <c>RawWebSocket.Transport</c> is one. Found in the features of a request, so a transport puts it into those of
/// its <c>ConnectionContext</c>.
/// </remarks>
public interface IConnectionHandOverFeature
{
    /// <summary>
    /// Takes the connection away from the server, whose pipe to it is dead from then on: completing it, aborting the connection and
    /// disposing of it do nothing. Bytes that have come and that the server has not consumed are the new owner's.
    /// </summary>
    /// <returns>The connection; null when something stands in front of it, such as TLS or a connection middleware, or it has ended.</returns>
    /// <remarks>Called once, while nobody reads or writes, on any thread.</remarks>
    IHandedOverConnection? TakeOver();
}
