using System.Buffers.Binary;
using System.IO.Compression;
using System.Net.WebSockets;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>The frames that the load sends again and again, masked beforehand: one as often as is in flight, or a series.</summary>
internal sealed class ClientFrames : IExchange
{
    private const byte Final = 0x80;
    private const byte Compressed = 0x40;
    private const byte Masked = 0x80;

    private static readonly byte[] Key = [0x5A, 0xC3, 0x17, 0x9E];

    public ClientFrames(LoadPlan plan)
    {
        Messages = Payloads.Make(plan.Payload, plan.Size);
        Type = plan.Payload == PayloadKind.Binary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
        IsCompressed = plan.Compression != DeflateMode.Off;
        var frames = Messages.Select(Encode).ToList();
        frames = frames.Count == 1 ? [.. Enumerable.Repeat(frames[0], plan.InFlight)] : frames;
        Sizes = [.. frames.Select(frame => frame.Length)];
        Bytes = [.. frames.SelectMany(bytes => bytes)];
    }

    /// <summary>What is sent, before it is compressed, one after the other and then from the beginning.</summary>
    public IReadOnlyList<byte[]> Messages { get; }

    public WebSocketMessageType Type { get; }

    public bool IsCompressed { get; }

    public IReadOnlyList<int> Sizes { get; }

    public byte[] Bytes { get; }

    public IAnswerReader CreateReader() => new EchoReader(this);

    private byte[] Encode(byte[] message)
    {
        var payload = IsCompressed ? Deflate(message) : message;
        var header = new byte[10];
        header[0] = (byte)(Final | (IsCompressed ? Compressed : 0) | (Type == WebSocketMessageType.Text ? 1 : 2));
        var size = WriteLength(header, payload.Length);
        var masked = payload.Select((octet, index) => (byte)(octet ^ Key[index % Key.Length]));
        return [.. header.AsSpan(0, size), .. Key, .. masked];
    }

    private static int WriteLength(Span<byte> header, int length)
    {
        switch (length)
        {
            case <= 125:
                header[1] = (byte)(Masked | length);
                return 2;
            case <= ushort.MaxValue:
                header[1] = Masked | 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
                return 4;
            default:
                header[1] = Masked | 127;
                BinaryPrimitives.WriteInt64BigEndian(header[2..], length);
                return 10;
        }
    }

    // RFC 7692 section 7.2.1: a sync flush, without the four bytes at its end. It refers to nothing before it, so it may be sent again.
    private static byte[] Deflate(byte[] payload)
    {
        using var compressed = new MemoryStream();
        using (var deflate = new DeflateStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            deflate.Write(payload);
            deflate.Flush();
            return compressed.ToArray()[..^4];
        }
    }
}
