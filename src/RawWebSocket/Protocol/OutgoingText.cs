using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace RawWebSocket.Protocol;

/// <summary>
/// Text that this side sends: section 8.1 holds for it as for the peer's, so what is not UTF-8 is refused before it leaves.
/// </summary>
internal static class OutgoingText
{
    // Below this, room for the worst case costs less than counting first.
    private const int Short = 1024;
    private const int WorstBytesPerChar = 3;

    /// <summary>Room enough for <see cref="Encode"/>.</summary>
    public static int MaxBytes(string text) =>
        text.Length <= Short ? text.Length * WorstBytesPerChar : Encoding.UTF8.GetByteCount(text);

    /// <summary>Encodes and returns the number of bytes.</summary>
    /// <exception cref="ArgumentException">Half a surrogate pair.</exception>
    public static int Encode(string text, Span<byte> utf8)
    {
        if (Utf8.FromUtf16(text, utf8, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw HalfASurrogatePair(nameof(text));
        }

        return written;
    }

    /// <exception cref="ArgumentException">Half a surrogate pair.</exception>
    public static void ThrowIfNotUtf16(string text, string parameter)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (!char.IsSurrogatePair(text, i))
            {
                throw HalfASurrogatePair(parameter);
            }

            i++;
        }
    }

    /// <exception cref="ArgumentException">Not UTF-8.</exception>
    public static void ThrowIfNotUtf8(in ReadOnlySequence<byte> utf8)
    {
        if (!Utf8Validator.IsValid(utf8))
        {
            throw NotUtf8();
        }
    }

    /// <exception cref="ArgumentException">Not UTF-8.</exception>
    public static void ThrowIfNotUtf8(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8))
        {
            throw NotUtf8();
        }
    }

    private static ArgumentException HalfASurrogatePair(string parameter) =>
        new("The text holds half a surrogate pair, which UTF-8 cannot carry.", parameter);

    private static ArgumentException NotUtf8() =>
        new("The bytes are not UTF-8, so they cannot be sent as text (RFC 6455 section 8.1). Send them as binary.", "utf8");
}
