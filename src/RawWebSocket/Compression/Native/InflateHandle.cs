namespace RawWebSocket.Compression;

/// <summary>A native decompressor, with the largest window there is: it understands whatever a smaller one was agreed for.</summary>
internal sealed unsafe class InflateHandle : ZlibHandle
{
    private const int WindowBits = 15;

    public InflateHandle()
    {
        ZStream stream = default;
        Take(stream, NativeZlib.InflateInit(&stream, Raw(WindowBits)));
    }

    public ZlibResult Run(ReadOnlySpan<byte> input, Span<byte> output, ZlibFlush flush, out int consumed, out int written) =>
        Run(input, output, flush, &NativeZlib.Inflate, out consumed, out written);

    /// <summary>Begins a new stream, with an empty window.</summary>
    public void Reset()
    {
        var stream = new ZStream { State = handle };
        if (NativeZlib.InflateReset(&stream, Raw(WindowBits)) != ZlibResult.Ok)
        {
            throw new InvalidOperationException("zlib could not begin a new stream.");
        }
    }

    protected override bool ReleaseHandle()
    {
        var stream = new ZStream { State = handle };
        _ = NativeZlib.InflateEnd(&stream);
        return true;
    }
}
