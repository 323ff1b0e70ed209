using System.Buffers;
using System.Buffers.Binary;
using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>Decompresses the payloads of messages (RFC 7692 section 7.2.2), into whatever room there is: a bomb comes in pieces.</summary>
/// <remarks>Used by one thread at a time, for one message after the other, each between <see cref="Begin"/> and its end.</remarks>
internal sealed class Inflater : IDisposable
{
    // What the sender took off.
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    // And a byte of the next block, where zlib stops when a block ends with the tail.
    private static ReadOnlySpan<byte> TailAndMore => [0x00, 0x00, 0xFF, 0xFF, 0x00];

    // An empty stored block: its header is the lowest three bits, which are 0, and the other five only fill the byte. Between two blocks
    // it gives no bytes and is taken whole; if a block has not ended yet, it does not fit, and so it shows that a message was cut off.
    // The five filling bits may have any value. They are ones because a header of ones is not valid: so this is not taken for a block
    // where zlib uses up some of its bits for what came before, be it the end of another block or a part of the tail.
    private static ReadOnlySpan<byte> EmptyBlock => [0xF8, 0x00, 0x00, 0xFF, 0xFF];

    private static ReadOnlySpan<byte> EmptyBlocks => [0xF8, 0x00, 0x00, 0xFF, 0xFF, 0xF8, 0x00, 0x00, 0xFF, 0xFF];

    private readonly InflateHandle _handle = new();
    private readonly History _ownHistory = new(DeflateSettings.MaxWindowBits, memory: null);
    private History _history;

    // What a block's tables cost to build, as bytes that come out cost: a block that holds less than this is worth as much.
    private const int LeastBlock = 2048;

    // A sender ends a block or two with every message, and the limit of messages pays for those.
    private const int FreeBlocks = 2;

    // Copying costs about an eighth of what inflating does.
    private const int CopiedForOne = 8;

    // So few bytes of a message hold no more blocks than are free, or nearly; zlib need not stop at each.
    private const int TooShortForMany = 64;

    // No block is this short; but it is what may be left of the empty block at a message's end, of which the sender took off the rest.
    private const int NoBlock = 1;

    // A stream ends with each block that has BFINAL set; another one begins behind it.
    private bool _isAtBeginning;
    private bool _isPrimed;
    private long _primingAllowance;
    private long _work;
    private long _taken;
    private long _sinceBlock;
    private int _blocks;
    private int _endTaken;

    public Inflater() => _history = _ownHistory;

    /// <summary>A new message that may refer back to <paramref name="history"/>, and is added to it; to nothing if that is null.</summary>
    public void Begin(History? history)
    {
        _ownHistory.Forget();
        _history = history ?? _ownHistory;
        BeginMessage();
        BeginStream();
    }

    /// <summary>Lets go of what it was given to refer to; nothing but a new message may follow.</summary>
    public void Forget() => _history = _ownHistory;

    /// <summary>What it has cost since it was last asked, besides the bytes that came out, as if so many more had come out.</summary>
    public long TakeWork()
    {
        var work = _work;
        _work = 0;
        return work;
    }

    /// <summary>A new message of the same peer, right behind the last: the window is still there.</summary>
    public void Continue()
    {
        BeginMessage();
        _isAtBeginning = true;
    }

    /// <summary>Decompresses what there is of the message.</summary>
    public InflateStatus Inflate(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written)
    {
        consumed = 0;
        written = 0;

        // Stopping at the end of each block is how blocks can be counted.
        var countsBlocks = _taken + input.Length > TooShortForMany;
        var flush = countsBlocks ? ZlibFlush.Block : ZlibFlush.Sync;
        while (true)
        {
            if (_isAtBeginning && consumed == input.Length)
            {
                return InflateStatus.Done;
            }

            var result = Run(input[consumed..], output[written..], flush, out var taken, out var given);
            consumed += taken;
            written += given;
            if (result == ZlibResult.DataError)
            {
                return InflateStatus.Garbage;
            }

            if (result == ZlibResult.StreamEnd)
            {
                EndBlock();
                BeginStream();
            }
            else if (written == output.Length)
            {
                return InflateStatus.OutputFull;
            }
            else if (consumed < input.Length)
            {
                EndBlock();
            }
            else if (flush == ZlibFlush.Sync)
            {
                if (countsBlocks && _sinceBlock > NoBlock)
                {
                    // Whether a block ends with the last byte zlib does not tell. If it does not, what follows counts as another one.
                    EndBlock();
                }

                return InflateStatus.Done;
            }
            else
            {
                // Whether the stream ends here zlib tells only when it may go on.
                flush = ZlibFlush.Sync;
            }
        }
    }

    /// <summary>
    /// Section 7.2.2: "Append 4 octets of 0x00 0x00 0xff 0xff to the tail end of the payload of the message." Call it again while the
    /// output is full.
    /// </summary>
    public InflateStatus End(Span<byte> output, out int written)
    {
        written = 0;

        // A message whose last block has BFINAL set should have an empty block behind it (section 7.2.3.4), but it is clear without, too.
        if (_isAtBeginning && _endTaken == 0)
        {
            return InflateStatus.Done;
        }

        return (_endTaken == 0 ? EndAtOnce(output, out written) : null) ?? EndSlowly(output, ref written);
    }

    // Nearly always what the sender took off is the length of an empty block: then all that is left is to stop right behind it.
    private InflateStatus? EndAtOnce(Span<byte> output, out int written)
    {
        var result = Run(TailAndMore, output, ZlibFlush.Block, out _endTaken, out written);
        if (result == ZlibResult.StreamEnd)
        {
            BeginStream();
            return null;
        }

        if (_endTaken == Tail.Length && written == 0)
        {
            return TakesEmptyBlock(maybeBehindStream: true) ? InflateStatus.Done : InflateStatus.Garbage;
        }

        return result == ZlibResult.DataError || _endTaken > Tail.Length ? InflateStatus.Garbage
            : written == output.Length ? InflateStatus.OutputFull
            : null;
    }

    // What was taken off is something else. It may end a block all the same.
    private InflateStatus EndSlowly(Span<byte> output, ref int written)
    {
        var status = Inflate(Tail[_endTaken..], output[written..], out var consumed, out var more);
        _endTaken += consumed;
        written += more;
        return status == InflateStatus.Done && !IsBetweenBlocks() ? InflateStatus.Garbage : status;
    }

    // A header of code lengths could take many empty blocks; but no block ends where they do.
    private bool IsBetweenBlocks()
    {
        Span<byte> nothing = stackalloc byte[16];
        var result = Run(EmptyBlocks, nothing, ZlibFlush.Block, out var consumed, out var written);
        return result == ZlibResult.Ok && consumed == EmptyBlock.Length && written == 0 && TakesEmptyBlock(maybeBehindStream: false);
    }

    // Where zlib has stopped at the end of a block that had BFINAL set, it tells so only now.
    private bool TakesEmptyBlock(bool maybeBehindStream)
    {
        Span<byte> nothing = stackalloc byte[16];
        var result = Run(EmptyBlock, nothing, ZlibFlush.Sync, out var consumed, out var written);
        if (maybeBehindStream && result == ZlibResult.StreamEnd && consumed == 0)
        {
            BeginStream();
            return true;
        }

        return result == ZlibResult.Ok && consumed == EmptyBlock.Length && written == 0;
    }

    public void Dispose()
    {
        _handle.Dispose();
        _ownHistory.Release();
    }

    private void BeginMessage()
    {
        _primingAllowance = _history.Length + (1 << DeflateSettings.MaxWindowBits);
        _taken = 0;
        _sinceBlock = 0;
        _blocks = 0;
        _endTaken = 0;
    }

    // Tables and streams that begin anew cost the same whatever they are used for, so blocks that hold next to nothing are no bargain.
    private void EndBlock()
    {
        if (_sinceBlock > 0 && ++_blocks > FreeBlocks)
        {
            _work += Math.Max(0, LeastBlock - _sinceBlock);
        }

        _sinceBlock = 0;
    }

    private void BeginStream()
    {
        _isAtBeginning = true;
        _isPrimed = false;
    }

    private ZlibResult Run(ReadOnlySpan<byte> input, Span<byte> output, ZlibFlush flush, out int consumed, out int written)
    {
        if (!_isPrimed)
        {
            Prime();
        }

        var result = RunNative(input, output, flush, out consumed, out written);
        _isAtBeginning &= consumed == 0;
        _primingAllowance += written;
        _taken += consumed;
        _sinceBlock += consumed + written;
        _history.Append(output[..written]);
        return result;
    }

    // Brings a stream that begins anew to where the peer's window is, with a stored block that holds what was said last (RFC 1951 section
    // 3.2.4). A peer that ends a stream every other byte does not get its whole window back each time.
    private void Prime()
    {
        _handle.Reset();
        _isPrimed = true;
        var length = (int)Math.Min(_history.Length, _primingAllowance);
        if (length == 0)
        {
            return;
        }

        _primingAllowance -= length;
        _work += length / CopiedForOne;
        _history.Last(length, out var older, out var newer);
        Span<byte> header = [0, 0, 0, 0, 0];
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~length);
        var known = ArrayPool<byte>.Shared.Rent(length);
        _ = RunNative(header, known, ZlibFlush.Sync, out _, out _);
        _ = RunNative(older, known, ZlibFlush.Sync, out _, out _);
        _ = RunNative(newer, known, ZlibFlush.Sync, out _, out _);
        ArrayPool<byte>.Shared.Return(known);
    }

    private ZlibResult RunNative(ReadOnlySpan<byte> input, Span<byte> output, ZlibFlush flush, out int consumed, out int written)
    {
        var result = _handle.Run(input, output, flush, out consumed, out written);
        return result is ZlibResult.Ok or ZlibResult.BufferError or ZlibResult.StreamEnd or ZlibResult.DataError
            ? result
            : throw new InvalidOperationException($"zlib could not decompress; it answers {result}.");
    }
}
