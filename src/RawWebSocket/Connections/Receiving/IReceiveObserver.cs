using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <summary>Told by the receive loop, on its thread, what it sees.</summary>
internal interface IReceiveObserver
{
    /// <summary>Whether the transport has been dropped, so that waiting for the application makes no sense any more.</summary>
    bool IsAborted { get; }

    /// <summary>Whether the transport has ended, so that nobody is held back by not being read.</summary>
    bool IsLost { get; }

    /// <summary>What the peer may send in a second, made when it is first asked for; null when there is no limit.</summary>
    ReceiveRates? Rates { get; }

    void OnReceived(long bytes);

    void OnMessageReceived(in Incoming message);

    void OnPingOrPong(in Incoming frame);

    /// <summary>A limit was reached that does not end the connection.</summary>
    void OnLimitReached(WebSocketLimit limit);

    /// <summary>Something that the application gave, such as a rate limiter, threw.</summary>
    void OnApplicationFailed(Exception exception);
}
