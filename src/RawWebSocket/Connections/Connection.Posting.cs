using System.Buffers;
using System.Net.WebSockets;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Sending without waiting, and what happens to a peer that does not read.</content>
internal sealed partial class Connection
{
    public override long BufferedBytes => _sends.Drainage.BufferedBytes;

    public override ValueTask<bool> DrainedAsync(CancellationToken cancellationToken = default) => _sends.Drainage.WaitAsync(cancellationToken);

    public override PostResult PostText(string text, string? key = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var utf8 = ArrayPool<byte>.Shared.Rent(OutgoingText.MaxBytes(text));
        try
        {
            return _sends.Messages.Post(Opcode.Text, utf8.AsSpan(0, OutgoingText.Encode(text, utf8)), key);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(utf8);
        }
    }

    public override PostResult PostText(ReadOnlySpan<byte> utf8, string? key = null)
    {
        OutgoingText.ThrowIfNotUtf8(utf8);
        return _sends.Messages.Post(Opcode.Text, utf8, key);
    }

    public override PostResult PostBinary(ReadOnlySpan<byte> data, string? key = null) => _sends.Messages.Post(Opcode.Binary, data, key);

    /// <inheritdoc />
    public override PostResult Post(
        WebSocketMessageType type, ReadOnlySpan<byte> payload, MessageCompression compression, string? key = null)
    {
        var opcode = OutgoingType.OpcodeOf(type);
        if (opcode == Opcode.Text)
        {
            OutgoingText.ThrowIfNotUtf8(payload);
        }

        return _sends.Messages.Post(opcode, payload, key, compression);
    }

    /// <summary>Sends or queues a broadcast's frame without waiting.</summary>
    public PostResult Post(Broadcast broadcast, string? key) => _sends.Messages.Post(broadcast.For(_sends.Compression), key);

    void ISendTally.OnTooMuchQueued() => Shared.Metrics.LimitReached(WebSocketLimit.QueuedBytes);

    void ISendTally.OnMessageDropped(string reason)
    {
        Own.MessagesDropped++;
        Shared.Metrics.MessageDropped(reason);
    }

    void IOutputOwner.OnSendQueueOverflow(HeldUpBy heldUpBy)
    {
        if (IsAborted)
        {
            return;
        }

        var waiting = $"more than {Options.MaxQueuedBytes} bytes of posts and broadcasts were waiting";
        var reason = heldUpBy == HeldUpBy.Peer
            ? $"The peer did not read: {waiting} for it."
            : $"The application did not finish a message it sends in fragments: {waiting} behind it.";
        Abort(reason, WebSocketLimit.QueuedBytes);
    }
}
