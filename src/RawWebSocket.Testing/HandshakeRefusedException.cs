using System.Net;
using Microsoft.AspNetCore.Http;

namespace RawWebSocket.Testing;

/// <summary>The server answered the opening handshake with something other than 101. The message shows the whole answer.</summary>
public sealed class HandshakeRefusedException : TestWebSocketException
{
    internal HandshakeRefusedException(Uri uri, HandshakeRefusal refusal)
        : base($"The server refused the opening handshake for {uri.PathAndQuery} with {refusal}") => Refusal = refusal;

    /// <summary>The answer.</summary>
    public HandshakeRefusal Refusal { get; }

    /// <summary>The answer's status code.</summary>
    public HttpStatusCode StatusCode => Refusal.StatusCode;

    /// <summary>The answer's headers.</summary>
    public IHeaderDictionary Headers => Refusal.Headers;

    /// <summary>The answer's body.</summary>
    public string Body => Refusal.Body;
}
