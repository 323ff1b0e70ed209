using Microsoft.Extensions.Primitives;
using RawWebSocket.Handshake;

namespace RawWebSocket.Compression;

/// <summary>Chooses the offer of permessage-deflate to agree to (RFC 7692 sections 5.1 and 7.1).</summary>
internal static class DeflateNegotiation
{
    /// <summary>
    /// Agrees to the first offer that can be kept to the letter, in the client's order of preference. Null when there is none: then the
    /// connection goes on without compression.
    /// </summary>
    public static DeflateAgreement? Negotiate(StringValues lines, DeflateTerms terms)
    {
        foreach (var line in lines)
        {
            var list = line.AsSpan();
            foreach (var element in list.Split(','))
            {
                if (ExtensionOffer.TryParse(list[element], out var extension)
                    && DeflateOffer.TryRead(extension, out var offer)
                    && Agree(offer, terms) is { } agreement)
                {
                    return NativeZlib.IsAvailable ? agreement : null;
                }
            }
        }

        return null;
    }

    // Says no more than it must: what both sides take for granted anyhow is left out.
    private static DeflateAgreement? Agree(DeflateOffer offer, DeflateTerms terms)
    {
        // Section 7.1.2.1: a server accepts by answering "the same or smaller value"; zlib has no raw window of 8 bits to answer with.
        var serverBits = Math.Min(offer.ServerMaxWindowBits ?? DeflateSettings.MaxWindowBits, terms.ServerMaxWindowBits);
        if (serverBits < DeflateSettings.MinWindowBits)
        {
            return null;
        }

        // Section 7.1.2.2: without client_max_window_bits in the offer the answer "MUST NOT" have it; the client's window is 15 bits then.
        var clientBits = Math.Min(offer.ClientMaxWindowBits ?? DeflateSettings.MaxWindowBits, terms.ClientMaxWindowBits);
        var limitsClient = offer.ClientMaxWindowBits is not null && clientBits < DeflateSettings.MaxWindowBits;
        return new DeflateAgreement(
            offer.ServerNoContextTakeover || terms.ServerNoContextTakeover,
            offer.ClientNoContextTakeover || terms.ClientNoContextTakeover,
            offer.ServerMaxWindowBits is null && serverBits == DeflateSettings.MaxWindowBits ? null : (byte)serverBits,
            limitsClient ? (byte)clientBits : null);
    }
}
