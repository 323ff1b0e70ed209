using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>Told of pings and pongs, on the receive loop's thread.</summary>
internal interface IPingObserver
{
    /// <summary>A ping is to be answered, or a pong has come. Its payload lies in the transport's buffer.</summary>
    void OnPingOrPong(in Incoming frame);
}
