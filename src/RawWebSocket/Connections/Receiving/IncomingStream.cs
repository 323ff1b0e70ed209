using System.Buffers;
using System.Net.WebSockets;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <summary>A message in pieces, as the receive queue has them.</summary>
internal sealed class IncomingStream(ReceiveQueue received, Incoming first) : WebSocketMessageStream
{
    private ReadOnlySequence<byte> _piece = first.Payload;
    private bool _isLastPiece = first.EndsMessage;
    private bool _isDisposed;

    public override WebSocketMessageType MessageType { get; } = first.Type;

    /// <summary>Whether the next message may be asked for.</summary>
    public bool IsFinished { get; private set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        cancellationToken.ThrowIfCancellationRequested();
        while (_piece.IsEmpty && !_isLastPiece)
        {
            await TakePieceAsync(cancellationToken).ConfigureAwait(false);
        }

        var count = (int)Math.Min(buffer.Length, _piece.Length);
        _piece.Slice(0, count).CopyTo(buffer.Span);
        _piece = _piece.Slice(count);
        IsFinished = _piece.IsEmpty && _isLastPiece;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        _isDisposed = true;
        if (!IsFinished)
        {
            IsFinished = true;
            _piece = default;
            received.SkipMessage();
        }

        base.Dispose(disposing);
    }

    private async ValueTask TakePieceAsync(CancellationToken cancellationToken)
    {
        if (!await received.WaitAsync(Delivery.Undecided, 0, cancellationToken).ConfigureAwait(false)
            || !received.TryTake(out var incoming))
        {
            IsFinished = true;
            throw new IOException("The connection ended inside the message.");
        }

        _piece = incoming.Payload;
        _isLastPiece = incoming.EndsMessage;
    }
}
