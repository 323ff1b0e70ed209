using System.Runtime.InteropServices;

namespace RawWebSocket.Compression;

/// <summary>A native compressor's or decompressor's state, freed when it is disposed of or, at the latest, when it is finalized.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal abstract unsafe class ZlibHandle() : SafeHandle(invalidHandleValue: 0, ownsHandle: true)
{
    private const int MemoryError = -4;

    public override bool IsInvalid => handle == 0;

    // RFC 1951 alone, without the zlib header and checksum of RFC 1950: zlib asks for that by a negative number of bits.
    protected static int Raw(int windowBits) => -windowBits;

    /// <exception cref="InvalidOperationException">zlib does not know these settings.</exception>
    /// <exception cref="InsufficientMemoryException">There is no native memory.</exception>
    protected void Take(in ZStream stream, ZlibResult result)
    {
        // Even a failed beginning has a state that must be freed.
        SetHandle(stream.State);
        if (result != ZlibResult.Ok)
        {
            Dispose();
            throw result == (ZlibResult)MemoryError
                ? new InsufficientMemoryException("There is no memory for zlib.")
                : new InvalidOperationException($"zlib could not be set up; it answers {result}.");
        }
    }

    protected ZlibResult Run(
        ReadOnlySpan<byte> input, Span<byte> output, ZlibFlush flush, delegate*<ZStream*, ZlibFlush, ZlibResult> function,
        out int consumed, out int written)
    {
        // Used by one thread at a time, which is also the one that disposes of it: it only has to be kept from its finalizer.
        ObjectDisposedException.ThrowIf(IsClosed, this);
        fixed (byte* source = input)
        fixed (byte* target = output)
        {
            // zlib takes a null pointer for a mistake, even where there is nothing to read or to write.
            byte nothing = 0;
            var stream = new ZStream
            {
                State = handle,
                NextIn = source == null ? &nothing : source,
                AvailableIn = (uint)input.Length,
                NextOut = target == null ? &nothing : target,
                AvailableOut = (uint)output.Length,
            };
            var result = function(&stream, flush);
            GC.KeepAlive(this);
            consumed = input.Length - (int)stream.AvailableIn;
            written = output.Length - (int)stream.AvailableOut;
            return result;
        }
    }
}
