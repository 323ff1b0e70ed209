using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace RawWebSocket.Protocol;

/// <summary>
/// Checks UTF-8 as its bytes arrive (RFC 6455 section 8.1): a bad byte is found when it comes, not when the message ends. Holds the
/// start of a character that a border has split, at most three bytes.
/// </summary>
internal struct Utf8Validator
{
    private uint _pending;
    private int _pendingCount;

    /// <summary>True when no character stands half finished.</summary>
    public readonly bool IsComplete => _pendingCount == 0;

    /// <summary>Takes the next bytes; false when they can no longer become UTF-8.</summary>
    public bool TryAppend(ReadOnlySpan<byte> bytes)
    {
        if (_pendingCount > 0 && !TryFinishPending(ref bytes))
        {
            return false;
        }

        if (bytes.IsEmpty)
        {
            return true;
        }

        var tail = TailLength(bytes);
        return Utf8.IsValid(bytes[..^tail]) && TryHold(bytes[^tail..]);
    }

    public bool TryAppend(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return TryAppend(bytes.FirstSpan);
        }

        foreach (var part in bytes)
        {
            if (!TryAppend(part.Span))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The whole of a text at once.</summary>
    public static bool IsValid(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes);

    /// <inheritdoc cref="IsValid(ReadOnlySpan{byte})"/>
    public static bool IsValid(in ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsSingleSegment)
        {
            return IsValid(bytes.FirstSpan);
        }

        var validator = new Utf8Validator();
        return validator.TryAppend(bytes) && validator.IsComplete;
    }

    /// <summary>How many bytes at the end are the start of a character that is not all there.</summary>
    public static int TailLength(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= 3 && back <= bytes.Length; back++)
        {
            var b = bytes[^back];
            if ((b & 0xC0) != 0x80)
            {
                var needed = b switch { >= 0xF0 => 4, >= 0xE0 => 3, >= 0xC0 => 2, _ => 1 };
                return needed > back ? back : 0;
            }
        }

        return 0;
    }

    private bool TryFinishPending(ref ReadOnlySpan<byte> bytes)
    {
        Span<byte> character = stackalloc byte[4];
        for (var i = 0; i < _pendingCount; i++)
        {
            character[i] = (byte)(_pending >> (8 * i));
        }

        while (!bytes.IsEmpty)
        {
            character[_pendingCount++] = bytes[0];
            bytes = bytes[1..];
            switch (Rune.DecodeFromUtf8(character[.._pendingCount], out _, out _))
            {
                case OperationStatus.Done:
                    _pendingCount = 0;
                    return true;
                case OperationStatus.InvalidData:
                    return false;
            }
        }

        Keep(character[.._pendingCount]);
        return true;
    }

    private bool TryHold(ReadOnlySpan<byte> tail)
    {
        if (tail.IsEmpty)
        {
            return true;
        }

        // "NeedMoreData" is only said of bytes that a right continuation would make valid; E0 80 or F4 90 are invalid already.
        if (Rune.DecodeFromUtf8(tail, out _, out _) != OperationStatus.NeedMoreData)
        {
            return false;
        }

        Keep(tail);
        return true;
    }

    private void Keep(ReadOnlySpan<byte> start)
    {
        _pending = 0;
        _pendingCount = start.Length;
        for (var i = 0; i < start.Length; i++)
        {
            _pending |= (uint)start[i] << (8 * i);
        }
    }
}
