using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

/// <summary>
/// Compression with context takeover (RFC 7692 section 7.1.1), at a price: a connection that sends often keeps a compressor, as long
/// as there are some left; any other keeps the last of what it sent, and teaches it to a borrowed compressor.
/// </summary>
/// <remarks>
/// A compressor may know less than the peer's window holds, never more: whatever it knows must be the last of what was compressed.
/// Thread-safe.
/// </remarks>
internal sealed class DedicatedCompression(ZlibPools pools, DeflateSettings settings, IMemoryAccount memory, TimeProvider time)
    : OutgoingCompression(pools, settings)
{
    // Learning costs as much as compressing, and the last 4 KiB bring nearly all of what the whole window would.
    private const int LearnedBits = 12;

    // What zlib-ng allocates for its hash table, whatever it is asked for.
    private const int HashBytes = 128 * 1024;

    private readonly Lock _gate = new();
    private readonly History _history = new(Math.Min(LearnedBits, settings.WindowBits), memory);
    private SendRate _rate = new(time);
    private Deflater? _attached;
    private bool _isReleased;
    private bool _isChatty;
    private bool _isInMessage;

    // The compressor knows what was to be forgotten.
    private bool _isBehind;

    // Twice the window, the chains of its hashes, and the symbols of a block.
    private int CompressorBytes => HashBytes + (4 << Settings.WindowBits) + (1 << (Settings.MemoryLevel + 8));

    public override CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal)
    {
        lock (_gate)
        {
            var output = new CompressedPayload();
            try
            {
                Compress(payload, isFinal, output);
            }
            catch
            {
                // What a compressor knows that has failed half-way is not what the peer knows. The history still is.
                output.Dispose();
                Abandon();
                throw;
            }

            if (!_isReleased)
            {
                _history.Append(payload);
            }

            return output;
        }
    }

    private void Compress(in ReadOnlySequence<byte> payload, bool isFinal, CompressedPayload output)
    {
        _isChatty = _isInMessage ? _isChatty : _rate.CountOne();
        _isInMessage = !isFinal;
        if (_isChatty && _attached is null)
        {
            Attach(output);
        }

        if (_attached is not null)
        {
            CatchUp();
            _attached.Deflate(payload, isFinal, ContextAfter.Kept, output);
            return;
        }

        // Where compressors are short there is no time for teaching either.
        var deflater = _isChatty ? Pools.RentDeflater(Settings) : RentTaught(output);
        deflater.Deflate(payload, isFinal, ContextAfter.Forgotten, output);
        Pools.Return(deflater);
    }

    public override void Forget()
    {
        lock (_gate)
        {
            _history.Forget();
            _isBehind = true;
        }
    }

    /// <summary>Gives the compressor back after a second of silence, or where memory becomes scarce.</summary>
    public override void Park()
    {
        lock (_gate)
        {
            if (_rate.IsSilent || !HasMemoryFor(0))
            {
                Detach();
            }
        }
    }

    public override void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            Detach();
            _history.Release();
        }
    }

    // Half of the budget is for messages.
    private bool HasMemoryFor(long more) => memory.Budget.Held + more <= memory.Budget.Limit / 2;

    private void Attach(CompressedPayload scratch)
    {
        if (_isReleased || !HasMemoryFor(CompressorBytes) || !Pools.TryAttach())
        {
            return;
        }

        try
        {
            _attached = RentTaught(scratch);
            _isBehind = false;
            memory.Charge(CompressorBytes);
        }
        catch
        {
            Pools.Detach();
            throw;
        }
    }

    private void Detach()
    {
        if (_attached is { } deflater)
        {
            LetGo();
            using var scratch = new CompressedPayload();
            deflater.Forget(scratch);
            Pools.Return(deflater);
        }
    }

    private void Abandon()
    {
        if (_attached is { } deflater)
        {
            LetGo();
            deflater.Dispose();
        }
    }

    private void LetGo()
    {
        _attached = null;
        Pools.Detach();
        memory.Release(CompressorBytes);
    }

    // Only when it is needed: a member of a room may never say anything of its own between broadcasts.
    private void CatchUp()
    {
        if (_isBehind)
        {
            using var scratch = new CompressedPayload();
            _attached!.Forget(scratch);
            _isBehind = false;
        }
    }

    private Deflater RentTaught(CompressedPayload scratch)
    {
        var deflater = Pools.RentDeflater(Settings);
        deflater.Learn(_history, scratch);
        return deflater;
    }
}
