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
internal sealed class DedicatedCompression(ZlibPools pools, DeflateSettings settings, MemoryAccount memory, TimeProvider time)
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

    // Twice the window, the chains of its hashes, and the symbols of a block.
    private int CompressorBytes => HashBytes + (4 << Settings.WindowBits) + (1 << (Settings.MemoryLevel + 8));

    public override CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal)
    {
        lock (_gate)
        {
            var output = new CompressedPayload();
            if (_rate.CountOne() && _attached is null)
            {
                Attach(output);
            }

            if (_attached is null)
            {
                var deflater = RentTaught(output);
                deflater.Deflate(payload, isFinal, ContextAfter.Forgotten, output);
                Pools.Return(deflater);
            }
            else
            {
                _attached.Deflate(payload, isFinal, ContextAfter.Kept, output);
            }

            _history.Append(payload);
            return output;
        }
    }

    public override void Forget()
    {
        lock (_gate)
        {
            _history.Forget();
            if (_attached is not null)
            {
                using var scratch = new CompressedPayload();
                _attached.Forget(scratch);
            }
        }
    }

    /// <summary>Gives the compressor back after a second of silence, or where memory has run out.</summary>
    public override void Park()
    {
        lock (_gate)
        {
            if (_rate.IsSilent || memory.Budget.IsExceeded)
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

    private void Attach(CompressedPayload scratch)
    {
        if (!_isReleased && !memory.Budget.IsExceeded && Pools.TryAttach())
        {
            memory.Charge(CompressorBytes);
            _attached = RentTaught(scratch);
        }
    }

    private void Detach()
    {
        if (_attached is not null)
        {
            using var scratch = new CompressedPayload();
            _attached.Forget(scratch);
            Pools.Return(_attached);
            Pools.Detach();
            memory.Release(CompressorBytes);
            _attached = null;
        }
    }

    private Deflater RentTaught(CompressedPayload scratch)
    {
        var deflater = Pools.RentDeflater(Settings);
        deflater.Learn(_history, scratch);
        return deflater;
    }
}
