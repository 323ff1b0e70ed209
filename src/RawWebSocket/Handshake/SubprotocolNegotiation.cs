using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace RawWebSocket.Handshake;

/// <summary>Chooses the subprotocol (RFC 6455 sections 4.2.1 item 8 and 4.2.2 item 5.5) from what the client offers.</summary>
internal static class SubprotocolNegotiation
{
    /// <summary>Chooses one of the server's own subprotocols that was offered, or null when there is none; or refuses.</summary>
    public static HandshakeVerdict.Refused? Negotiate(StringValues lines, RawWebSocketOptions options, out string? chosen)
    {
        chosen = null;
        var best = -1;
        var seen = NewSeen(lines);
        foreach (var line in lines)
        {
            var list = line.AsSpan();
            foreach (var element in list.Split(','))
            {
                var offer = HeaderTokens.TrimWhitespace(list[element]);
                if (offer.IsEmpty)
                {
                    continue;
                }

                // Section 4.1 item 10: the elements are "non-empty strings with characters in the range U+0021 to U+007E
                // not including separator characters [...] and MUST all be unique strings".
                if (!HeaderTokens.IsToken(offer))
                {
                    return RefuseMalformed(offer, "is not a token");
                }

                if (seen is { } offers && !offers.Add(offer))
                {
                    return RefuseMalformed(offer, "is offered twice");
                }

                best = Better(best, IndexOf(options.Subprotocols, offer), options.SubprotocolPreference);
            }
        }

        chosen = best < 0 ? null : options.Subprotocols[best];
        return chosen is null && options.RequireSubprotocol ? RefuseMissing(options) : null;
    }

    // A set, because comparing each with each would let one request's headers buy seconds of work. Who offers one needs none.
    private static HashSet<string>.AlternateLookup<ReadOnlySpan<char>>? NewSeen(StringValues lines) =>
        lines.Count > 1 || (lines.Count == 1 && lines[0].AsSpan().Contains(','))
            ? new HashSet<string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>()
            : null;

    // Offers come in the client's order, so for the client's preference the first match stays.
    private static int Better(int best, int index, SubprotocolPreference preference) =>
        index < 0 ? best
        : best < 0 ? index
        : preference == SubprotocolPreference.Client ? best
        : Math.Min(best, index);

    private static int IndexOf(IList<string> subprotocols, ReadOnlySpan<char> offer)
    {
        for (var i = 0; i < subprotocols.Count; i++)
        {
            if (offer.SequenceEqual(subprotocols[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static HandshakeVerdict.Refused RefuseMalformed(ReadOnlySpan<char> offer, string fault) => new(
        RefusalReason.SubprotocolMalformed,
        StatusCodes.Status400BadRequest,
        $"The subprotocol {PeerText.Quote(offer)} {fault}; Sec-WebSocket-Protocol must list tokens, each once.");

    private static HandshakeVerdict.Refused RefuseMissing(RawWebSocketOptions options) => new(
        RefusalReason.SubprotocolMissing,
        StatusCodes.Status400BadRequest,
        "This endpoint needs a subprotocol that it speaks; Sec-WebSocket-Protocol must offer one of: "
            + $"{string.Join(", ", options.Subprotocols)}.");
}
