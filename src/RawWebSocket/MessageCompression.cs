namespace RawWebSocket;

/// <summary>Whether one message is compressed.</summary>
public enum MessageCompression
{
    /// <summary>As the endpoint's <see cref="RawWebSocketOptions.Compression"/> says and the client agreed.</summary>
    AsAgreed,

    /// <summary>
    /// Not at all. For a message that holds a secret beside text that somebody
    /// else may choose: compressed, its length would tell the secret bit by bit.
    /// </summary>
    None,
}
