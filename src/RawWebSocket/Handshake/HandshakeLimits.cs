using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace RawWebSocket.Handshake;

/// <summary>
/// How much an opening request (RFC 6455 section 4.1) may ask to be kept and to be looked at. Counted in place, before any list is parsed.
/// </summary>
internal static class HandshakeLimits
{
    public static HandshakeVerdict.Refused? Check(HttpRequest request, RawWebSocketOptions options) =>
        (options.MaxHandshakeHeaderBytes is { } most ? CheckHeaders(request.Headers, most) : null)
            ?? CheckOffers(
                RefusalReason.SubprotocolOffers,
                HeaderNames.SecWebSocketProtocol,
                request.Headers.SecWebSocketProtocol,
                options.MaxHandshakeOffers)
            ?? CheckOffers(
                RefusalReason.ExtensionOffers,
                HeaderNames.SecWebSocketExtensions,
                request.Headers.SecWebSocketExtensions,
                options.MaxHandshakeOffers);

    private static HandshakeVerdict.Refused? CheckHeaders(IHeaderDictionary headers, int most)
    {
        var bytes = CountBytes(headers);
        return bytes <= most
            ? null
            : new(
                RefusalReason.HeaderBytes,
                StatusCodes.Status431RequestHeaderFieldsTooLarge,
                $"The request's headers have {bytes} bytes; the limit is {most} ({nameof(RawWebSocketOptions.MaxHandshakeHeaderBytes)}).");
    }

    // In a copy, because Kestrel keeps an enumerator that it has made for as long as the connection lives.
    private static long CountBytes(IHeaderDictionary headers)
    {
        var copy = ArrayPool<KeyValuePair<string, StringValues>>.Shared.Rent(headers.Count);
        headers.CopyTo(copy, 0);
        var bytes = 0L;
        foreach (var (name, lines) in copy.AsSpan(0, headers.Count))
        {
            foreach (var line in lines)
            {
                bytes += name.Length + Encoding.UTF8.GetByteCount(line.AsSpan());
            }
        }

        ArrayPool<KeyValuePair<string, StringValues>>.Shared.Return(copy, clearArray: true);
        return bytes;
    }

    private static HandshakeVerdict.Refused? CheckOffers(RefusalReason reason, string header, StringValues lines, int most)
    {
        var offers = HeaderTokens.Count(lines);
        return offers <= most
            ? null
            : new(
                reason,
                StatusCodes.Status400BadRequest,
                $"The {header} header has {offers} offers; the limit is {most} ({nameof(RawWebSocketOptions.MaxHandshakeOffers)}).");
    }
}
