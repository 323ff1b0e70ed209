using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>Told by the receive loop, on its thread, what it sees.</summary>
internal interface IReceiveObserver
{
    /// <summary>The loop begins; told before the first read.</summary>
    void OnBegin();

    /// <summary>How much may wait for the application, in bytes.</summary>
    long ReceiveAheadBytes { get; }

    /// <summary>What reads this connection's messages, for as long as something is under way.</summary>
    /// <param name="finished">How many things have been finished before.</param>
    MessageIntake RentIntake(long finished);

    /// <summary>What takes this connection's pings and pongs.</summary>
    ControlFrames MakeControls();

    /// <summary>The loop waits for something else than input, so that it does not see by itself when the transport ends.</summary>
    void OnLookAway();

    /// <summary>The peer is held back from now on, or not any more.</summary>
    void OnHeldBack(bool holds);

    /// <summary>The loop has ended, and the connection ends with it.</summary>
    /// <param name="last">What it ended with; null when the transport ended, and there was nothing else.</param>
    Task EndAsync(LastWord? last);

    /// <summary>Whether the transport has been dropped, so that waiting for the application makes no sense any more.</summary>
    bool IsAborted { get; }

    /// <summary>What the peer may send in a second, made when it is first asked for; null when there is no limit.</summary>
    ReceiveRates? Rates { get; }

    void OnReceived(long bytes);

    /// <summary>A part of a message has been handed over that does not end it.</summary>
    void OnPartReceived();

    /// <summary>Of what one read brought so many messages have ended, and have been handed over.</summary>
    void OnMessagesReceived(int count);

    void OnPingOrPong(in Incoming frame);

    /// <summary>A limit was reached that does not end the connection.</summary>
    void OnLimitReached(WebSocketLimit limit);

    /// <summary>Something that the application gave, such as a rate limiter, threw.</summary>
    void OnApplicationFailed(Exception exception);
}
