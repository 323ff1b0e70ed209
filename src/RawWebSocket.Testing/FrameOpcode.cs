namespace RawWebSocket.Testing;

/// <summary>What a frame is (RFC 6455 section 5.2). Reserved opcodes are cast from their number, 3 to 7 and 11 to 15.</summary>
public enum FrameOpcode
{
    /// <summary>The next fragment of a message that has begun.</summary>
    Continuation = 0x0,

    /// <summary>A text message, or its first fragment.</summary>
    Text = 0x1,

    /// <summary>A binary message, or its first fragment.</summary>
    Binary = 0x2,

    /// <summary>The closing handshake.</summary>
    Close = 0x8,

    /// <summary>A ping.</summary>
    Ping = 0x9,

    /// <summary>A pong.</summary>
    Pong = 0xA,
}
