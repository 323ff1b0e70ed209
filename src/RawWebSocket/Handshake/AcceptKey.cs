using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace RawWebSocket.Handshake;

/// <summary>
/// <c>Sec-WebSocket-Key</c> and the <c>Sec-WebSocket-Accept</c> made from it (RFC 6455 sections 4.2.1 item 5 and 4.2.2 item 5.4).
/// </summary>
internal static class AcceptKey
{
    private const int KeyLength = 24;

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    private static ReadOnlySpan<byte> ProtocolGuid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>
    /// Whether the text is base64 of 16 bytes: 22 characters and their padding. The four bits that the last of them has too many are
    /// not looked at, as RFC 4648 section 3.5 leaves to the decoder.
    /// </summary>
    public static bool IsKey(ReadOnlySpan<char> text) =>
        text.Length == KeyLength
        && text.EndsWith("==", StringComparison.Ordinal)
        && !text[..^2].ContainsAnyExcept(Base64Characters);

    /// <summary>The accept value for a key that <see cref="IsKey"/> has approved.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 demands SHA-1 here, as a fingerprint; it guards nothing.")]
    public static string For(ReadOnlySpan<char> key)
    {
        Span<byte> keyAndGuid = stackalloc byte[KeyLength + ProtocolGuid.Length];
        Encoding.ASCII.GetBytes(key, keyAndGuid);
        ProtocolGuid.CopyTo(keyAndGuid[KeyLength..]);

        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(keyAndGuid, hash);
        return Convert.ToBase64String(hash);
    }
}
