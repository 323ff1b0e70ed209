namespace RawWebSocket.Testing;

/// <summary>How a frame's header writes the payload length (RFC 6455 section 5.2). Only the minimal one is legal.</summary>
public enum FrameLengthEncoding
{
    /// <summary>The shortest that holds the length.</summary>
    Minimal,

    /// <summary>In the second byte itself: 0 to 125.</summary>
    SevenBits,

    /// <summary>In two further bytes: 0 to 65,535.</summary>
    SixteenBits,

    /// <summary>In eight further bytes.</summary>
    SixtyFourBits,
}
