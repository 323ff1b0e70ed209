using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections;

/// <content>Sending long messages in fragments (RFC 6455 section 5.4).</content>
internal sealed partial class Connection
{
    public override ValueTask<SendResult> SendAsync(
        WebSocketMessageType type, Stream content, MessageCompression compression, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        return SendAsync(type, PiecesOf(content, cancellationToken), compression, cancellationToken);
    }

    public override async ValueTask<SendResult> SendAsync(
        WebSocketMessageType type,
        IAsyncEnumerable<ReadOnlyMemory<byte>> content,
        MessageCompression compression,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var fragments = new OutgoingFragments(type);
        cancellationToken.ThrowIfCancellationRequested();
        if (await _sends.Fragments.BeginAsync(cancellationToken).ConfigureAwait(false) == SendResult.Closed)
        {
            return SendResult.Closed;
        }

        try
        {
            await foreach (var piece in content.WithCancellation(cancellationToken).ConfigureAwait(false))
            {
                foreach (var payload in fragments.Split(piece))
                {
                    var sending = _sends.Fragments.SendAsync(fragments.NextOpcode(), payload, isFinal: false, compression);
                    if (await sending.ConfigureAwait(false) == SendResult.Closed)
                    {
                        return SendResult.Closed;
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                }
            }

            fragments.ThrowIfIncomplete();
        }
        catch (Exception exception)
        {
            await GiveUpAsync(fragments, exception, cancellationToken).ConfigureAwait(false);
            throw;
        }

        return await _sends.Fragments.SendAsync(fragments.NextOpcode(), default, isFinal: true, compression).ConfigureAwait(false);
    }

    // Not begun: nothing happened. Cancelled: the message ends where it is, because a token never costs the connection. Broken: the
    // peer must not take half a message for a whole one, so the connection is closed.
    private async ValueTask GiveUpAsync(OutgoingFragments fragments, Exception exception, CancellationToken cancellationToken)
    {
        if (!fragments.HaveBegun)
        {
            _sends.Fragments.Abandon();
        }
        else if (exception is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            await _sends.Fragments.SendAsync(fragments.NextOpcode(), default, isFinal: true).ConfigureAwait(false);
        }
        else
        {
            StartClose(WebSocketCloseStatus.InternalServerError, "A message could not be finished.", StreamedMessage.IsInterrupted);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesOf(
        Stream content, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Options.SendFragmentSize);
        try
        {
            var room = buffer.AsMemory(0, Options.SendFragmentSize);
            int count;
            while ((count = await content.ReadAsync(room, cancellationToken).ConfigureAwait(false)) > 0)
            {
                yield return buffer.AsMemory(0, count);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
