#pragma warning disable CA1822, CA1001
using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Compression;

internal sealed class OutgoingCompression(DeflateSettings settings, bool takeover, int minimum) : IDisposable
{
    private Deflater? _deflater = new(settings);

    public DeflateSettings Settings => settings;

    public bool Wants(long length) => length >= minimum;

    public CompressedPayload? Compress(in ReadOnlySequence<byte> payload, bool isWhole, bool isFinal)
    {
        var output = new CompressedPayload();
        _deflater!.Deflate(payload, isFinal, takeover ? ContextAfter.Kept : ContextAfter.Forgotten, output);
        return output;
    }

    public CompressedPayload? CompressAlone(ReadOnlyMemory<byte> payload)
    {
        using var deflater = new Deflater(settings);
        var output = new CompressedPayload();
        deflater.Deflate(new ReadOnlySequence<byte>(payload), isFinal: true, ContextAfter.Forgotten, output);
        return output;
    }

    public void Forget()
    {
        using var scratch = new CompressedPayload();
        _deflater!.Forget(scratch);
    }

    public void Park()
    {
    }

    public void Dispose()
    {
        _deflater?.Dispose();
        _deflater = null;
    }
}

internal sealed class IncomingCompression(int maxRatio, History? history) : IMessageInflater
{
    private Inflater? _inflater = new();

    public void Begin() => _inflater!.Begin(history);

    public InflateStatus Inflate(ReadOnlySpan<byte> input, Span<byte> output, out int consumed, out int written) =>
        _inflater!.Inflate(input, output, out consumed, out written);

    public InflateStatus End(Span<byte> output, out int written) => _inflater!.End(output, out written);

    public void Stop()
    {
        _inflater?.Dispose();
        _inflater = null;
        history?.Release();
    }

    public bool IsRatioTooHigh(long compressed, long inflated) => inflated > 1024 * 1024 && inflated / maxRatio > compressed;
}

internal sealed class CompressionService
{
    public OutgoingCompression Outgoing(DeflateAgreement agreement, RawWebSocketCompressionOptions options, MemoryAccount memory) =>
        new(new(options.Level, agreement.ServerWindowBits, options.MemoryLevel), !agreement.ServerNoContextTakeover, options.MinimumSize);

    public IncomingCompression Incoming(DeflateAgreement agreement, RawWebSocketCompressionOptions options, MemoryAccount memory) =>
        new(options.MaxRatio, agreement.ClientNoContextTakeover ? null : new History(agreement.ClientWindowBits, memory));
}
