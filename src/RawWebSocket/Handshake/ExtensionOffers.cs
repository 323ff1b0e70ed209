using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Handshake;

/// <summary>The grammar of <c>Sec-WebSocket-Extensions</c> (RFC 6455 section 9.1). What an extension means is not its concern.</summary>
/// <remarks>
/// A quoted value must be a token once unquoted, so it can hold neither comma nor semicolon: cutting at every one of them is exact.
/// </remarks>
internal static class ExtensionOffers
{
    // "extension-list = 1#extension"; empty elements are ignored (RFC 7230 section 7), and a list of nothing else offers nothing.
    public static bool AreWellFormed(StringValues lines)
    {
        foreach (var line in lines)
        {
            var list = line.AsSpan();
            foreach (var element in list.Split(','))
            {
                var extension = HeaderTokens.TrimWhitespace(list[element]);
                if (!extension.IsEmpty && !IsExtension(extension))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private static bool IsExtension(ReadOnlySpan<char> extension)
    {
        if (!ExtensionOffer.TryParse(extension, out var offer))
        {
            return false;
        }

        while (offer.TryReadParameter(out _))
        {
        }

        return !offer.IsMalformed;
    }
}
