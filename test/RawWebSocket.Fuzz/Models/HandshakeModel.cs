using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using RawWebSocket.Handshake;

namespace RawWebSocket.Fuzz.Models;

/// <summary>
/// The opening handshake (RFC 6455 section 4.2.1) as a list of rules that stand on their own: regular expressions for the grammars, and no
/// order. A request is to be accepted when it breaks none, and refused for one that it does break.
/// </summary>
internal sealed partial class HandshakeModel(HttpRequest request, RawWebSocketOptions options, bool isExtendedConnect)
{
    private const string Guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private const string OneToken = @"[!#$%&'*+\-.^_`|~0-9A-Za-z]+";

    // Section 9.1, with the quoted value that must be a token once unquoted; an empty element is overlooked.
    private const string OneParameter = $@"[ \t]*;[ \t]*{OneToken}([ \t]*=[ \t]*({OneToken}|""(\\?[!#$%&'*+\-.^_`|~0-9A-Za-z])+""))?";
    private const string OneExtension = $@"\A({OneToken}({OneParameter})*)?\z";

    private readonly IHeaderDictionary _headers = request.Headers;

    /// <summary>True or false where the rule is plain; null where this model leaves it to the library.</summary>
    public bool? Breaks(RefusalReason reason) => reason switch
    {
        RefusalReason.HttpVersion => !isExtendedConnect && !request.Protocol.Equals("HTTP/1.1", StringComparison.OrdinalIgnoreCase),
        RefusalReason.Method => !isExtendedConnect && request.Method != "GET",
        RefusalReason.Host => BreaksHost(),
        RefusalReason.NotAnUpgrade => !isExtendedConnect && !HasToken(_headers.Upgrade, "websocket"),
        RefusalReason.ConnectionHeader => !isExtendedConnect && !HasToken(_headers.Connection, "upgrade"),
        RefusalReason.WebSocketVersion => !(_headers.SecWebSocketVersion is [{ } version] && Version().IsMatch(version)),
        RefusalReason.Key => !isExtendedConnect && !(_headers.SecWebSocketKey is [{ } key] && Key().IsMatch(key)),
        RefusalReason.Body => !isExtendedConnect && (_headers.TransferEncoding.Count > 0 || request.ContentLength > 0),
        RefusalReason.Extensions => ElementsOf(_headers.SecWebSocketExtensions).Any(static element => !Extension().IsMatch(element)),
        RefusalReason.Origin => BreaksOrigin(),
        RefusalReason.SubprotocolMalformed =>
            !Offers.TrueForAll(static offer => Token().IsMatch(offer)) || Offers.Distinct().Count() < Offers.Count,
        RefusalReason.SubprotocolMissing => options.RequireSubprotocol && Subprotocol is null,
        RefusalReason.HeaderBytes => HeaderBytes > options.MaxHandshakeHeaderBytes,
        RefusalReason.SubprotocolOffers => Offers.Count > options.MaxHandshakeOffers,
        RefusalReason.ExtensionOffers =>
            ElementsOf(_headers.SecWebSocketExtensions).Count(static element => element.Length > 0) > options.MaxHandshakeOffers,
        _ => null,
    };

    /// <summary>What a right handshake agrees on.</summary>
    public string? Subprotocol => options.SubprotocolPreference == SubprotocolPreference.Server
        ? options.Subprotocols.FirstOrDefault(Offers.Contains)
        : Offers.Find(options.Subprotocols.Contains);

    /// <summary>What answers a right key.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 demands SHA-1.")]
    public string? Accept => isExtendedConnect
        ? null
        : Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes($"{_headers.SecWebSocketKey.ToString().Trim(' ', '\t')}{Guid}")));

    private int HeaderBytes =>
        _headers.Sum(static header => header.Value.Sum(line => header.Key.Length + Encoding.UTF8.GetByteCount(line ?? "")));

    private List<string> Offers => field ??= [.. ElementsOf(_headers.SecWebSocketProtocol).Where(static element => element.Length > 0)];

    private static IEnumerable<string> ElementsOf(StringValues lines) =>
        lines.SelectMany(static line => (line ?? "").Split(',')).Select(static element => element.Trim(' ', '\t'));

    private static bool HasToken(StringValues lines, string token) => ElementsOf(lines).Contains(token, StringComparer.OrdinalIgnoreCase);

    private bool? BreaksHost() =>
        _headers.Host is not [{ } host] || string.IsNullOrWhiteSpace(host) ? true
        : PlainHost().IsMatch(host) && !host.Contains("xn--", StringComparison.OrdinalIgnoreCase) ? false
        : null;

    private bool? BreaksOrigin()
    {
        if (_headers.Origin.Count != 1 || options.AllowAnyOrigin)
        {
            return _headers.Origin.Count > 1;
        }

        if (Canonical(_headers.Origin.ToString()) is not { } origin
            || Canonical($"{request.Scheme.Replace("ws", "http", StringComparison.Ordinal)}://{_headers.Host}") is not { } own)
        {
            return null;
        }

        return origin != own && !options.AllowedOrigins.Select(Canonical).Contains(origin);
    }

    // Scheme, host and port; null for what is not so plain that it could be compared as text.
    private static string? Canonical(string origin)
    {
        if (PlainOrigin().Match(origin) is not { Success: true } match)
        {
            return null;
        }

        var scheme = match.Groups[1].Value.ToUpperInvariant();
        var port = match.Groups[3].Success ? int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) : scheme == "HTTP" ? 80 : 443;
        return port is 0 or > ushort.MaxValue ? null : $"{scheme} {match.Groups[2].Value.ToUpperInvariant()} {port}";
    }

    [GeneratedRegex(@"\A[ \t]*13[ \t]*\z")]
    private static partial Regex Version();

    [GeneratedRegex(@"\A[ \t]*[A-Za-z0-9+/]{22}==[ \t]*\z")]
    private static partial Regex Key();

    [GeneratedRegex($@"\A{OneToken}\z")]
    private static partial Regex Token();

    [GeneratedRegex(OneExtension)]
    private static partial Regex Extension();

    [GeneratedRegex(@"\A[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?(:[0-9]{1,5})?\z")]
    private static partial Regex PlainHost();

    [GeneratedRegex(@"\A([Hh][Tt][Tt][Pp][Ss]?)://([A-Za-z0-9]+(?:[.\-][A-Za-z0-9]+)*)(?::([0-9]{1,5}))?\z")]
    private static partial Regex PlainOrigin();
}
