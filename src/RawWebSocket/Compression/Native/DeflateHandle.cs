namespace RawWebSocket.Compression;

/// <summary>A native compressor.</summary>
internal sealed unsafe class DeflateHandle : ZlibHandle
{
    private const int Deflated = 8;
    private const int DefaultStrategy = 0;

    public DeflateHandle(int level, int windowBits, int memoryLevel)
    {
        ZStream stream = default;
        Take(stream, NativeZlib.DeflateInit(&stream, level, Deflated, Raw(windowBits), memoryLevel, DefaultStrategy));
    }

    public ZlibResult Run(ReadOnlySpan<byte> input, Span<byte> output, ZlibFlush flush, out int consumed, out int written) =>
        Run(input, output, flush, &NativeZlib.Deflate, out consumed, out written);

    protected override bool ReleaseHandle()
    {
        var stream = new ZStream { State = handle };
        _ = NativeZlib.DeflateEnd(&stream);
        return true;
    }
}
