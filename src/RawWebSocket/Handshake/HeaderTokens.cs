using System.Buffers;
using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Handshake;

/// <summary>
/// Tokens and comma-separated lists in header values (RFC 7230 sections 3.2.6 and 7, on which RFC 6455 section 4.2.1 leans),
/// read in place.
/// </summary>
internal static class HeaderTokens
{
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Whether one of the lists has the token, in any case. All lines of a header make up one list.</summary>
    public static bool Contains(StringValues lines, ReadOnlySpan<char> token)
    {
        foreach (var line in lines)
        {
            var list = line.AsSpan();
            foreach (var element in list.Split(','))
            {
                if (TrimWhitespace(list[element]).Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>How many elements the lines list. Empty ones do not count (RFC 7230 section 7).</summary>
    public static int Count(StringValues lines)
    {
        var count = 0;
        foreach (var line in lines)
        {
            var list = line.AsSpan();
            foreach (var element in list.Split(','))
            {
                count += TrimWhitespace(list[element]).IsEmpty ? 0 : 1;
            }
        }

        return count;
    }

    // RFC 7230 section 3.2.6: "token = 1*tchar".
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    // RFC 7230 section 3.2.3: "OWS = *( SP / HTAB )"; no other white space may be overlooked.
    public static ReadOnlySpan<char> TrimWhitespace(ReadOnlySpan<char> text) => text.Trim(" \t");
}
