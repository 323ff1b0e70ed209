namespace RawWebSocket.Connections.Receiving;

/// <summary>Whose receive loop it is: begins and ends with it, and is told on its thread when it cannot read.</summary>
internal interface IReceiveOwner
{
    /// <summary>Whether the transport has been dropped, so that waiting for the application makes no sense any more.</summary>
    bool IsAborted { get; }

    /// <summary>The loop begins; told before the first read.</summary>
    void OnBegin();

    /// <summary>The loop waits for something else than input, so that it does not see by itself when the transport ends.</summary>
    void OnLookAway();

    /// <summary>The peer is held back from now on, or not any more.</summary>
    void OnHeldBack(bool holds);

    /// <summary>Something that the application gave, such as a rate limiter, threw.</summary>
    void OnApplicationFailed(Exception exception);

    /// <summary>The loop has ended, and the connection ends with it.</summary>
    /// <param name="last">What it ended with; null when the transport ended, and there was nothing else.</param>
    Task EndAsync(LastWord? last);
}
