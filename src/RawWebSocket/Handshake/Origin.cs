using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RawWebSocket.Handshake;

/// <summary>An origin (RFC 6454 section 4): scheme, host and port. Reads its text in place.</summary>
/// <remarks>
/// Any scheme will do, since extensions and app shells have their own. A host is kept as it goes over the wire: Unicode becomes
/// punycode and an IPv6 address its shortest spelling, so that two spellings of one host are equal.
/// </remarks>
internal readonly ref struct Origin
{
    // The longest name DNS knows; it also bounds the work that a peer can ask for.
    private const int MaxHostLength = 255;

    private const int NoPort = -1;

    private static readonly SearchValues<char> SchemeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+-.");

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create("0123456789ABCDEFabcdef:.");

    private readonly ReadOnlySpan<char> _scheme;
    private readonly ReadOnlySpan<char> _host;
    private readonly int _port;

    private Origin(ReadOnlySpan<char> scheme, ReadOnlySpan<char> host, int port)
    {
        _scheme = scheme;
        _host = host;
        _port = port;
    }

    // RFC 6454 section 6.2: scheme, "://", host and, unless it is the default, ":" and port. Nothing may follow.
    public static bool TryParse(ReadOnlySpan<char> text, out Origin origin)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end >= 0)
        {
            return TryParse(text[..end], text[(end + 3)..], out origin);
        }

        origin = default;
        return false;
    }

    /// <summary>From a scheme and an authority without user information, which is what a <c>Host</c> header holds.</summary>
    public static bool TryParse(ReadOnlySpan<char> scheme, ReadOnlySpan<char> authority, out Origin origin)
    {
        origin = default;
        var hostEnd = authority.StartsWith('[') ? authority.IndexOf(']') + 1 : authority.IndexOf(':');
        hostEnd = hostEnd < 0 ? authority.Length : hostEnd;
        if (!IsScheme(scheme)
            || !TryNormalizeHost(authority[..hostEnd], out var host)
            || !TryParsePort(authority[hostEnd..], DefaultPort(scheme), out var port))
        {
            return false;
        }

        origin = new Origin(scheme, host, port);
        return true;
    }

    // RFC 6454 section 5: two origins are the same if and only if scheme, host and port are identical.
    public bool IsSameAs(Origin other) =>
        _port == other._port
        && _scheme.Equals(other._scheme, StringComparison.OrdinalIgnoreCase)
        && _host.Equals(other._host, StringComparison.OrdinalIgnoreCase);

    private static bool IsScheme(ReadOnlySpan<char> scheme) =>
        !scheme.IsEmpty && char.IsAsciiLetter(scheme[0]) && !scheme.ContainsAnyExcept(SchemeCharacters);

    private static int DefaultPort(ReadOnlySpan<char> scheme) =>
        IsOneOf(scheme, "https", "wss") ? 443
        : IsOneOf(scheme, "http", "ws") ? 80
        : NoPort;

    private static bool IsOneOf(ReadOnlySpan<char> scheme, string first, string second) =>
        scheme.Equals(first, StringComparison.OrdinalIgnoreCase) || scheme.Equals(second, StringComparison.OrdinalIgnoreCase);

    private static bool TryParsePort(ReadOnlySpan<char> text, int defaultPort, out int port)
    {
        port = defaultPort;
        return text.IsEmpty
            || (text[0] == ':'
                && !text[1..].ContainsAnyExceptInRange('0', '9')
                && int.TryParse(text[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                && port is > 0 and <= ushort.MaxValue);
    }

    private static bool TryNormalizeHost(ReadOnlySpan<char> text, out ReadOnlySpan<char> host)
    {
        host = text;
        if (text.IsEmpty || text.Length > MaxHostLength)
        {
            return false;
        }

        if (text[0] == '[')
        {
            return TryNormalizeAddress(text[1..^1], out host);
        }

        return (Ascii.IsValid(text) || TryEncodeUnicode(text, out host)) && !host.ContainsAnyExcept(HostCharacters);
    }

    private static bool TryNormalizeAddress(ReadOnlySpan<char> text, out ReadOnlySpan<char> host)
    {
        host = default;
        if (text.ContainsAnyExcept(AddressCharacters)
            || !IPAddress.TryParse(text, out var address)
            || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        host = $"[{address}]";
        return true;
    }

    private static bool TryEncodeUnicode(ReadOnlySpan<char> text, out ReadOnlySpan<char> host)
    {
        host = default;
        try
        {
            host = new IdnMapping().GetAscii(text.ToString());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
