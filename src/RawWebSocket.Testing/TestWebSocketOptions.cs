using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace RawWebSocket.Testing;

/// <summary>
/// The opening request, and how the connection behaves after it. It begins as the smallest legal request (RFC 6455 section 4.1);
/// anything can be changed or taken away, for tests of what a server refuses.
/// </summary>
public sealed class TestWebSocketOptions
{
    internal TestWebSocketOptions(Uri uri)
    {
        Headers.Host = uri.Authority;
        Headers.Upgrade = "websocket";
        Headers.Connection = "Upgrade";
        Headers.SecWebSocketKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        Headers.SecWebSocketVersion = "13";
    }

    /// <summary>The request's method; default GET.</summary>
    public string Method { get; set; } = HttpMethods.Get;

    /// <summary>The request's HTTP version; default 1.1. The request is written as HTTP/1 whatever it says.</summary>
    public Version HttpVersion { get; set; } = System.Net.HttpVersion.Version11;

    /// <summary>
    /// The request's headers: <c>Host</c>, <c>Upgrade</c>, <c>Connection</c>, <c>Sec-WebSocket-Key</c> and <c>Sec-WebSocket-Version</c>
    /// are there already. Several values of one header are sent as several lines.
    /// </summary>
    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    /// <summary>The subprotocols to offer, most wanted first; default none. Sent in one <c>Sec-WebSocket-Protocol</c> line.</summary>
    public IList<string> Subprotocols { get; } = [];

    /// <summary>The cookies to send; default none. Sent in one <c>Cookie</c> line.</summary>
    public IDictionary<string, string> Cookies { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The <c>Origin</c> header; default null: not sent, as by a client that is not a browser.</summary>
    public string? Origin
    {
        get => Headers.Origin;
        set => Headers.Origin = value;
    }

    /// <summary>The time limit of the opening handshake, and at first of each send and expectation; default 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Answer pings while an expectation waits; default true. When false, they are passed over unanswered.
    /// <see cref="TestWebSocket.ExpectFrameAsync()"/> never answers.
    /// </summary>
    public bool AutoPong { get; set; } = true;

    /// <summary>
    /// Answer the server's close frame with its own code when <see cref="TestWebSocket.ExpectCloseAsync()"/> has seen it; default true.
    /// </summary>
    public bool AutoClose { get; set; } = true;

    /// <summary>
    /// How many bytes may be under way in each direction before the sender has to wait, in memory; default 64 KiB. Over Kestrel the
    /// operating system decides.
    /// </summary>
    public int TransportCapacity { get; set; } = 64 * 1024;

    /// <summary>The address the server sees the client at, in memory; default null, as with TestServer. Not for use over Kestrel.</summary>
    public IPAddress? RemoteIpAddress { get; set; }

    internal void Complete()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(TransportCapacity, 1);
        if (Subprotocols.Count > 0)
        {
            Headers.SecWebSocketProtocol = string.Join(", ", Subprotocols);
        }

        if (Cookies.Count > 0)
        {
            Headers.Cookie = string.Join("; ", Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        }
    }
}
