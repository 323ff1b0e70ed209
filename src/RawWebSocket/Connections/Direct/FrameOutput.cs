using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace RawWebSocket.Connections;

/// <summary>
/// What a <see cref="SendQueue"/> writes to: the transport's pipe or, where there is one to be had and the pipe is empty, the socket behind
/// it, which saves a copy and the way through Kestrel's queue. What the socket does not take at once goes into the pipe, and so does all
/// that follows until Kestrel has sent it: bytes never pass others, and who does not read is waited for as ever.
/// </summary>
/// <remarks>
/// Not thread-safe; used by whoever may use the queue's output. A struct, because every connection has one. Only a flush makes a system
/// call, and memory is held from the first write to the flush.
/// </remarks>
/// <param name="pipe">The transport's pipe; one that <see cref="PipeContent"/> can read if there is a socket.</param>
/// <param name="socket">A socket whose sends do not block; null for none.</param>
internal struct FrameOutput(PipeWriter pipe, Socket? socket)
{
    /// <summary>Shorter answers to one read, and shorter sends in fast succession, are cheaper together with others.</summary>
    public const int Short = 4 * 1024;

    // A size of the shared pool, with room for the longest batch and the message that ends it. Of what is not used nothing is touched.
    private const int GatheredSize = 256 * 1024;

    // What waits for the flush, if it may leave through the socket.
    private byte[]? _gathered;
    private int _count;

    // Something has been written into the pipe since the last flush.
    private bool _usesPipe;

    public readonly bool HasSocket => socket is not null;

    /// <summary>Whether so many bytes more can be written without deciding for the pipe.</summary>
    public readonly bool HasRoomFor(int bytes) => _gathered is null || _gathered.Length - _count >= bytes;

    /// <summary>Room for at least so many bytes, which <see cref="Advance"/> takes.</summary>
    public Span<byte> GetSpan(int sizeHint) => Gathers(sizeHint) ? _gathered.AsSpan(_count) : pipe.GetSpan(sizeHint);

    public void Advance(int bytes)
    {
        if (_gathered is null)
        {
            pipe.Advance(bytes);
        }
        else
        {
            _count += bytes;
        }
    }

    /// <summary>Says that what is written next leaves with others: it goes into the pipe without being gathered first.</summary>
    public void PreferPipe() => _usesPipe |= _gathered is null;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (Gathers(bytes.Length))
        {
            bytes.CopyTo(_gathered.AsSpan(_count));
            _count += bytes.Length;
        }
        else
        {
            pipe.Write(bytes);
        }
    }

    /// <summary>Sends what has been written. Completes as the pipe's flush does: when there is room for more.</summary>
    public ValueTask<FlushResult> FlushAsync(Leave leave)
    {
        if (_gathered is not null)
        {
            var sent = leave == Leave.AtOnce ? Send(_gathered.AsSpan(0, _count)) : 0;
            if (sent == _count)
            {
                Drop();
            }
            else
            {
                MoveToPipe(sent);
            }
        }

        if (_usesPipe || socket is null)
        {
            _usesPipe = false;
            return pipe.FlushAsync(CancellationToken.None);
        }

        return default;
    }

    /// <summary>As <see cref="Connection.Prefetch"/>. Any thread may do that.</summary>
    public readonly long Prefetch() =>
        socket is null ? 0 : (PipeContent.IsEmpty(pipe) ? 1 : 0) + (socket.Blocking ? 1 : 0);

    /// <summary>Forgets what has been gathered: it is not sent any more, or has been.</summary>
    public void Drop()
    {
        if (_gathered is { } gathered)
        {
            (_gathered, _count) = (null, 0);
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    private bool Gathers(int bytes)
    {
        if (_gathered is null && !TryBegin())
        {
            return false;
        }

        if (HasRoomFor(bytes))
        {
            return true;
        }

        MoveToPipe(from: 0);
        return false;
    }

    // Decided with the first byte after a flush.
    private bool TryBegin()
    {
        if (_usesPipe || socket is null || !PipeContent.IsEmpty(pipe))
        {
            _usesPipe = true;
            return false;
        }

        _gathered = ArrayPool<byte>.Shared.Rent(GatheredSize);
        return true;
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

    // A socket that fails is Kestrel's to deal with: it finds the connection broken when it sends the same, or has done so already.
    private readonly int Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var sent = socket!.Send(bytes, SocketFlags.None, out var error);
            return error == SocketError.Success ? sent : 0;
        }
        catch (ObjectDisposedException)
        {
            return 0;
        }
    }
}
