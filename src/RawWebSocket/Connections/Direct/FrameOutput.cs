using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace RawWebSocket.Connections;

/// <summary>
/// What a <see cref="SendQueue"/> writes to: the transport's pipe or, where there is one to be had and the pipe is empty, the socket behind
/// it, which saves a copy and the way through Kestrel's queue. What the socket does not take at once goes into the pipe, and so does all
/// that follows until Kestrel has sent it: bytes never pass others, and who does not read is waited for as ever.
/// </summary>
/// <remarks>
/// Not thread-safe; used by whoever may use the queue's output. A struct, because every connection has one. Only a flush makes a system
/// call, and memory is held from the first write to the flush. The pipe is told of what has been written into its memory once for many
/// frames, since that takes its lock.
/// </remarks>
/// <param name="pipe">The transport's pipe; one that <see cref="PipeContent"/> can read if there is a socket.</param>
/// <param name="socket">The socket, on Linux; null for none.</param>
internal struct FrameOutput(PipeWriter pipe, SafeSocketHandle? socket)
{
    // A size of the shared pool, with room for all but the longest batches. Of what is not used nothing is touched.
    private const int GatheredSize = 256 * 1024;

    // Where frames are written: memory of the pipe's or, if they may leave through the socket, of the shared pool.
    private Memory<byte> _room;
    private int _count;
    private bool _gathers;

    // Something has been written into the pipe since the last flush.
    private bool _usesPipe;

    public readonly bool HasSocket => socket is not null;

    /// <summary>How many bytes wait in the pipe, as far as that can be seen; may be asked for by any thread.</summary>
    public readonly long Unsent => PipeContent.TryCount(pipe) ?? 0;

    /// <summary>Whether so many bytes more can be written without deciding for the pipe.</summary>
    public readonly bool HasRoomFor(int bytes) => !_gathers || Free >= bytes;

    private readonly int Free => _room.Length - _count;

    /// <summary>Room for at least so many bytes, which <see cref="Advance"/> takes.</summary>
    public Span<byte> GetSpan(int sizeHint)
    {
        if (Free < sizeHint)
        {
            MakeRoom(sizeHint);
        }

        return _room.Span[_count..];
    }

    public void Advance(int bytes) => _count += bytes;

    /// <summary>Says that what is written next leaves with others: it goes into the pipe without being gathered first.</summary>
    public void PreferPipe() => _usesPipe |= !_gathers;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (Free >= bytes.Length || TryGather(bytes.Length))
        {
            bytes.CopyTo(_room.Span[_count..]);
            _count += bytes.Length;
        }
        else
        {
            Commit();
            pipe.Write(bytes);
        }
    }

    /// <summary>Sends what has been written. Completes as the pipe's flush does: when there is room for more.</summary>
    public ValueTask<FlushResult> FlushAsync(Leave leave)
    {
        if (_gathers)
        {
            // One that fails is Kestrel's to deal with: it finds the connection broken when it sends the same, or has done so already.
            var sent = leave == Leave.AtOnce ? DirectSend.Send(socket!, _room.Span[.._count]) : 0;
            if (sent == _count)
            {
                Drop();
            }
            else
            {
                MoveToPipe(sent);
            }
        }

        Commit();
        if (_usesPipe || socket is null)
        {
            _usesPipe = false;
            return pipe.FlushAsync(CancellationToken.None);
        }

        return default;
    }

    /// <summary>As <see cref="Connection.Prefetch"/>. Any thread may do that.</summary>
    public readonly long Prefetch() =>
        socket is null ? 0 : (PipeContent.IsEmpty(pipe) ? 1 : 0) + (socket.IsClosed ? 1 : 0);

    /// <summary>Forgets what has been written and the pipe has not been told of: it is not sent any more, or has been.</summary>
    public void Drop()
    {
        var (room, gathers) = (_room, _gathers);
        (_room, _count, _gathers) = (default, 0, false);
        if (gathers)
        {
            Return(room);
        }
    }

    private void MakeRoom(int sizeHint)
    {
        if (!TryGather(sizeHint))
        {
            Commit();
            _room = pipe.GetMemory(sizeHint);
        }
    }

    private bool TryGather(int bytes)
    {
        if (!_gathers && !TryBegin())
        {
            return false;
        }

        if (Free >= bytes)
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

        _room = ArrayPool<byte>.Shared.Rent(GatheredSize);
        _gathers = true;
        return true;
    }

    // Tells the pipe what has been written into its memory.
    private void Commit()
    {
        if (_count > 0)
        {
            pipe.Advance(_count);
        }

        (_room, _count) = (default, 0);
    }

    // Not gathered any more even if the pipe throws: nothing is sent twice.
    private void MoveToPipe(int from)
    {
        var (room, count) = (_room, _count);
        (_room, _count, _gathers, _usesPipe) = (default, 0, false, true);
        try
        {
            pipe.Write(room.Span[from..count]);
        }
        finally
        {
            Return(room);
        }
    }

    private static void Return(Memory<byte> gathered)
    {
        MemoryMarshal.TryGetArray<byte>(gathered, out var array);
        ArrayPool<byte>.Shared.Return(array.Array!);
    }
}
