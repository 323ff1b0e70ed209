using System.Buffers;
using System.Net.WebSockets;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Connections.Transports;
using RawWebSocket.Diagnostics;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Sending messages of one frame (RFC 6455 section 6.1).</content>
internal sealed partial class Connection : ISendTally, IOutputOwner
{
    public override ValueTask<SendResult> SendTextAsync(string text, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var utf8 = ArrayPool<byte>.Shared.Rent(OutgoingText.MaxBytes(text));
        var length = OutgoingText.Encode(text, utf8);
        var sending = _sends.Messages.SendAsync(Opcode.Text, new ReadOnlySequence<byte>(utf8, 0, length), cancellationToken);
        if (!sending.IsCompleted)
        {
            return ReturnAfterAsync(sending, utf8);
        }

        ArrayPool<byte>.Shared.Return(utf8);
        return sending;
    }

    public override ValueTask<SendResult> SendTextAsync(ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default)
    {
        OutgoingText.ThrowIfNotUtf8(utf8.Span);
        return _sends.Messages.SendAsync(Opcode.Text, new ReadOnlySequence<byte>(utf8), cancellationToken);
    }

    public override ValueTask<SendResult> SendTextAsync(ReadOnlySequence<byte> utf8, CancellationToken cancellationToken = default)
    {
        OutgoingText.ThrowIfNotUtf8(utf8);
        return _sends.Messages.SendAsync(Opcode.Text, utf8, cancellationToken);
    }

    private protected override ValueTask<SendResult> SendUtf8Async(ReadOnlySequence<byte> utf8, CancellationToken cancellationToken) =>
        _sends.Messages.SendAsync(Opcode.Text, utf8, cancellationToken);

    public override ValueTask<SendResult> SendBinaryAsync(ReadOnlyMemory<byte> data, CancellationToken cancellationToken = default) =>
        _sends.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(data), cancellationToken);

    public override ValueTask<SendResult> SendBinaryAsync(ReadOnlySequence<byte> data, CancellationToken cancellationToken = default) =>
        _sends.Messages.SendAsync(Opcode.Binary, data, cancellationToken);

    public override ValueTask<SendResult> SendAsync(
        WebSocketMessageType type,
        ReadOnlyMemory<byte> payload,
        MessageCompression compression,
        CancellationToken cancellationToken = default)
    {
        var opcode = OutgoingType.OpcodeOf(type);
        if (opcode == Opcode.Text)
        {
            OutgoingText.ThrowIfNotUtf8(payload.Span);
        }

        return _sends.Messages.SendAsync(opcode, new ReadOnlySequence<byte>(payload), cancellationToken, compression);
    }

    bool IOutputOwner.IsLost => _transport.Lost.IsCancellationRequested;

    void ISendTally.OnSent(long bytes, int messages)
    {
        _traffic.BytesSent += bytes;
        _traffic.MessagesSent += messages;
        Shared.Metrics.Sent(bytes, messages);
    }

    void ISendTally.OnPartSent() => _traffic.PartsSent++;

    void IOutputOwner.OnWriteFailed(Exception exception) => FailWriting(exception);

    void IOutputOwner.OnTransportLost() => OnTransportLost();

    void IOutputOwner.OnFlushFailed(Exception exception)
    {
        // A transport that has ended under a write is an ordinary disconnect: a value, whatever it throws.
        if (_transport.Lost.IsCancellationRequested || Transport.IsDisconnect(exception))
        {
            OnTransportLost();
        }
        else
        {
            FailWriting(exception);
        }
    }

    private void FailWriting(Exception exception)
    {
        Abort("A frame could not be written whole.", exception: exception);
        Tell(exception, Log.WriteFailed);
    }

    // A send that was given up while it waited has let go of its payload as well.
    private static async ValueTask<SendResult> ReturnAfterAsync(ValueTask<SendResult> sending, byte[] rented)
    {
        try
        {
            return await sending.ConfigureAwait(false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
