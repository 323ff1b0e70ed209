using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace RawWebSocket.Connections.Direct;

/// <summary>
/// Writes to a connection of Kestrel's: through its socket itself while nothing waits in the pipe before it, which saves a copy and the way
/// through Kestrel's queue. What the socket does not take at once goes into the pipe, and so does all that follows until Kestrel has sent it:
/// bytes never pass others, and who does not read is waited for as ever.
/// </summary>
/// <remarks>Not thread-safe, as no pipe's writer is. Only a flush makes a system call. Memory is held from the first write to the flush.</remarks>
/// <param name="pipe">The transport's pipe; one that <see cref="PipeContent"/> can read.</param>
/// <param name="socket">The socket that it ends in, on Linux.</param>
internal sealed class DirectWriter(PipeWriter pipe, SafeSocketHandle socket) : PipeWriter
{
    // A size of the shared pool, with room for all but the longest batches. Of what is not used nothing is touched.
    private const int GatheredSize = 256 * 1024;

    // What may leave through the socket; null when what is written goes into the pipe.
    private byte[]? _gathered;
    private int _count;

    // Something has been written into the pipe since the last flush.
    private bool _usesPipe;
    private SendPace _pace;

    public override Memory<byte> GetMemory(int sizeHint = 0) =>
        TryGather(Math.Max(sizeHint, 1)) ? _gathered.AsMemory(_count) : pipe.GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) =>
        TryGather(Math.Max(sizeHint, 1)) ? _gathered.AsSpan(_count) : pipe.GetSpan(sizeHint);

    public override void Advance(int bytes)
    {
        if (_gathered is null)
        {
            pipe.Advance(bytes);
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _gathered.Length - _count);
            _count += bytes;
        }
    }

    /// <summary>Sends what has been written. Completes as the pipe's flush does: when there is room for more.</summary>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (_gathered is not null)
        {
            // One that fails is Kestrel's to deal with: it finds the connection broken when it sends the same, or has done so already.
            var sent = LeavesWithOthers() ? 0 : DirectSend.Send(socket, _gathered.AsSpan(0, _count));
            if (sent == _count)
            {
                Forget();
                return default;
            }

            MoveToPipe(sent);
        }

        _usesPipe = false;
        return pipe.FlushAsync(cancellationToken);
    }

    public override void CancelPendingFlush() => pipe.CancelPendingFlush();

    public override void Complete(Exception? exception = null)
    {
        Forget();
        pipe.Complete(exception);
    }

    private bool LeavesWithOthers() => _count < SendPace.ShortSend && _pace.IsFast(Environment.TickCount);

    private bool TryGather(int bytes)
    {
        if (_gathered is null)
        {
            // Decided with the first byte after a flush.
            if (_usesPipe || !PipeContent.IsEmpty(pipe))
            {
                _usesPipe = true;
                return false;
            }

            _gathered = ArrayPool<byte>.Shared.Rent(GatheredSize);
        }

        if (_gathered.Length - _count >= bytes)
        {
            return true;
        }

        MoveToPipe(from: 0);
        return false;
    }

    // Not gathered any more even if the pipe throws: nothing is sent twice.
    private void MoveToPipe(int from)
    {
        var (gathered, count) = (_gathered!, _count);
        (_gathered, _count, _usesPipe) = (null, 0, true);
        try
        {
            pipe.Write(gathered.AsSpan(from, count - from));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    private void Forget()
    {
        if (_gathered is { } gathered)
        {
            (_gathered, _count) = (null, 0);
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }
}
