using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>
/// An opening handshake as text. The first line is method, scheme, HTTP version and what the endpoint asks for, such as
/// <c>GET http HTTP/1.1 chat,require</c>; the others are headers.
/// </summary>
internal sealed class HandshakeInput : IHttpExtendedConnectFeature
{
    private const string ExtendedConnect = "extended-connect";

    private HandshakeInput(string firstLine)
    {
        var words = firstLine.Split(' ');
        string Word(int index, string otherwise) => index < words.Length ? words[index] : otherwise;

        Context.Request.Method = Word(0, "GET");
        Context.Request.Scheme = Word(1, "http");
        Context.Request.Protocol = Word(2, HttpProtocol.Http11);
        Context.Request.Path = "/chat";
        var wishes = Word(3, "").Split(',');
        Options = OptionsFor(wishes);
        IsExtendedConnect = wishes.Contains(ExtendedConnect);
        if (IsExtendedConnect)
        {
            Context.Features.Set<IHttpExtendedConnectFeature>(this);
        }
    }

    public HttpContext Context { get; } = new DefaultHttpContext();

    public RawWebSocketOptions Options { get; }

    public bool IsExtendedConnect { get; }

    public string Protocol => "websocket";

    public static HandshakeInput Parse(ReadOnlySpan<byte> text)
    {
        var lines = Encoding.UTF8.GetString(text).Split('\n');
        var input = new HandshakeInput(lines[0]);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':');
            if (colon > 0)
            {
                // One space after the colon is the custom, any other white space is the header's.
                var value = line[(colon + 1)..];
                input.Add(line[..colon], value.StartsWith(' ') ? value[1..] : value);
            }
        }

        return input;
    }

    public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException("Nothing is accepted here.");

    private void Add(string header, string line)
    {
        var headers = Context.Request.Headers;
        headers[header] = StringValues.Concat(headers[header], line);
    }

    private static RawWebSocketOptions OptionsFor(string[] wishes)
    {
        var options = new RawWebSocketOptions
        {
            AllowAnyOrigin = wishes.Contains("any-origin"),
            RequireSubprotocol = wishes.Contains("require"),
            SubprotocolPreference = wishes.Contains("client") ? SubprotocolPreference.Client : SubprotocolPreference.Server,
        };
        if (wishes.Contains("small"))
        {
            options.MaxHandshakeHeaderBytes = 256;
            options.MaxHandshakeOffers = 2;
        }

        if (wishes.Contains("chat"))
        {
            options.Subprotocols.Add("chat.v2");
            options.Subprotocols.Add("chat");
        }

        if (wishes.Contains("origins"))
        {
            options.AllowedOrigins.Add("https://example.com");
            options.AllowedOrigins.Add("http://[::1]:8080");
            options.AllowedOrigins.Add("https://bücher.example");
        }

        return options;
    }
}
