using System.Text;

namespace RawWebSocket.Tests.Protocol;

/// <summary>
/// The oracle: the base library's decoder, which knows how to fall back on bytes that are wrong. Falling back is noted rather than
/// thrown, since it happens millions of times.
/// </summary>
internal sealed class StrictUtf8
{
    // What can finish any character that can be finished: E0 and F0 want A0, ED and F4 want 80, the rest take either.
    private static readonly byte[][] Endings = [[0x80], [0xA0], [0x80, 0x80], [0xA0, 0x80], [0x80, 0x80, 0x80], [0xA0, 0x80, 0x80]];

    private readonly NotingFallback _fallback = new();
    private readonly Encoding _encoding;

    public StrictUtf8() => _encoding = Encoding.GetEncoding("utf-8", EncoderFallback.ExceptionFallback, _fallback);

    public bool IsValid(ReadOnlySpan<byte> bytes)
    {
        _fallback.HasFallen = false;
        _encoding.GetCharCount(bytes);
        return !_fallback.HasFallen;
    }

    /// <summary>The first byte after which nothing that follows could make the bytes UTF-8.</summary>
    public int? FirstDead(ReadOnlySpan<byte> bytes)
    {
        if (IsValid(bytes))
        {
            return null;
        }

        // What can be finished stays so when it is made shorter, hence the search by halves.
        int alive = 0, dead = bytes.Length + 1;
        while (dead - alive > 1)
        {
            var middle = (alive + dead) / 2;
            if (middle <= bytes.Length && CanBeFinished(bytes[..middle]))
            {
                alive = middle;
            }
            else
            {
                dead = middle;
            }
        }

        return alive == bytes.Length ? null : alive;
    }

    private bool CanBeFinished(ReadOnlySpan<byte> bytes)
    {
        if (IsValid(bytes))
        {
            return true;
        }

        Span<byte> finished = stackalloc byte[bytes.Length + 3];
        bytes.CopyTo(finished);
        foreach (var ending in Endings)
        {
            ending.CopyTo(finished[bytes.Length..]);
            if (IsValid(finished[..(bytes.Length + ending.Length)]))
            {
                return true;
            }
        }

        return false;
    }

    private sealed class NotingFallback : DecoderFallback
    {
        public bool HasFallen { get; set; }

        public override int MaxCharCount => 1;

        public override DecoderFallbackBuffer CreateFallbackBuffer() => new Buffer(this);

        private sealed class Buffer(NotingFallback owner) : DecoderFallbackBuffer
        {
            public override int Remaining => 0;

            public override bool Fallback(byte[] bytesUnknown, int index)
            {
                owner.HasFallen = true;
                return false;
            }

            public override char GetNextChar() => '\0';

            public override bool MovePrevious() => false;
        }
    }
}
