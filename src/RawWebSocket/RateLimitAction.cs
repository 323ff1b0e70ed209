namespace RawWebSocket;

/// <summary>What happens to a peer that sends faster than a rate allows.</summary>
public enum RateLimitAction
{
    /// <summary>Nothing is read until the rate allows it, and TCP holds the peer back. Nothing is lost.</summary>
    HoldBack,

    /// <summary>The connection fails with 1008 (RFC 6455 section 7.4.1).</summary>
    Close,
}
