using System.Buffers.Binary;
using System.Text;

namespace RawWebSocket.Tests.Connections.Model;

internal enum ModelKind
{
    Send,
    Post,
    Turn,
    Fragment,
    Ping,
    Pong,
    Close,
}

internal enum Fate
{
    Undecided,
    Sent,
    Closed,
    Cancelled,
}

/// <summary>Something that was asked of the send queue: a frame, or the turn to send fragments.</summary>
internal sealed class ModelFrame(ModelKind kind, byte firstByte, string text, string? key = null)
{
    public ModelKind Kind => kind;

    public string? Key => key;

    public string Text => text;

    public bool IsControl => kind is ModelKind.Ping or ModelKind.Pong;

    public bool IsFinal => (firstByte & 0x80) != 0;

    public byte[] Bytes { get; } = kind == ModelKind.Turn ? [] : Encode(firstByte, Encoding.ASCII.GetBytes(text));

    public int Size => Bytes.Length;

    /// <summary>It did not find the output free, so that memory is charged for it.</summary>
    public bool HasWaited { get; set; }

    /// <summary>It was written in a batch, so that its sender does not wait for the flush.</summary>
    public bool InBatch { get; set; }

    /// <summary>Where in the output it begins, once its turn has come.</summary>
    public long Start { get; set; }

    /// <summary>Where in the output it ends, once it is written whole.</summary>
    public long? End { get; set; }

    public Fate Fate { get; set; }

    public Task<SendResult>? Task { get; set; }

    public CancellationTokenSource? Cancellation { get; set; }

    public Fate Told => Task switch
    {
        { IsCanceled: true } => Fate.Cancelled,
        { IsCompletedSuccessfully: true } => Task.Result == SendResult.Sent ? Fate.Sent : Fate.Closed,
        { IsFaulted: true } => throw new InvalidOperationException("A send threw.", Task.Exception),
        _ => Fate.Undecided,
    };

    public override string ToString()
    {
        var shown = text.Length > 20 ? $"{text[..20]}… ({text.Length})" : text;
        return key is null ? $"{kind} {shown}" : $"{kind} {shown} [{key}]";
    }

    private static byte[] Encode(byte firstByte, byte[] payload)
    {
        switch (payload.Length)
        {
            case <= 125:
                return [firstByte, (byte)payload.Length, .. payload];
            case <= 65535:
                return [firstByte, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];
            default:
                var length = new byte[8];
                BinaryPrimitives.WriteInt64BigEndian(length, payload.Length);
                return [firstByte, 127, .. length, .. payload];
        }
    }
}
