namespace RawWebSocket.Handshake;

/// <summary>
/// What becomes of an opening handshake (RFC 6455 section 4.2.2): <see cref="Accepted"/> or <see cref="Refused"/>, nothing else.
/// </summary>
internal abstract class HandshakeVerdict
{
    private HandshakeVerdict()
    {
    }

    /// <summary>Answer 101, or 200 to an extended CONNECT.</summary>
    /// <param name="subprotocol">The value of <c>Sec-WebSocket-Protocol</c>; null leaves that header out.</param>
    internal sealed class Accepted(string? subprotocol) : HandshakeVerdict
    {
        /// <summary>The usual one, which nobody has to make again.</summary>
        public static Accepted WithoutSubprotocol { get; } = new(subprotocol: null);

        public string? Subprotocol => subprotocol;
    }

    /// <summary>Answer with an error.</summary>
    /// <param name="reason">The kind of fault, for metrics.</param>
    /// <param name="statusCode">The HTTP status.</param>
    /// <param name="message">One line of printable text for whoever wrote the client: what was wrong and what is expected.</param>
    /// <param name="headers">Headers that the answer must carry besides its own.</param>
    internal sealed class Refused(
        RefusalReason reason,
        int statusCode,
        string message,
        params IReadOnlyList<KeyValuePair<string, string>> headers) : HandshakeVerdict
    {
        public RefusalReason Reason => reason;

        public int StatusCode => statusCode;

        public string Message => message;

        public IReadOnlyList<KeyValuePair<string, string>> Headers => headers;
    }
}
