using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>Told by the receive loop, on its thread, what it sees.</summary>
internal interface IReceiveObserver
{
    /// <summary>Whether the transport has been dropped, so that waiting for the application makes no sense any more.</summary>
    bool IsAborted { get; }

    void OnReceived(long bytes);

    void OnMessageReceived(in Incoming message);

    void OnPingOrPong(in Incoming frame);
}
