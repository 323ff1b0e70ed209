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
/// Not thread-safe; used by whoever may use the queue's output. A struct, because every connection has one. Holds memory from the first
/// write to the flush only.
/// </remarks>
/// <param name="pipe">The transport's pipe; one of <see cref="PipeContent"/>'s if there is a socket.</param>
/// <param name="socket">A socket whose sends do not block; null for none.</param>
internal struct FrameOutput(PipeWriter pipe, Socket? socket)
{
    // Room for what is flushed at once of a long message, with headers, in one of the sizes that the shared pool has.
    private const int GatheredSize = 128 * 1024;

    /// <summary>From so many bytes on, in answer to one read, going through Kestrel's queue costs more than it saves.</summary>
    public const int LongAnswer = 4 * 1024;

    // What waits for the flush, if it may leave through the socket.
    private byte[]? _gathered;
    private int _count;

    // Something has been written into the pipe since the last flush.
    private bool _usesPipe;

    /// <summary>Room for at least so many bytes, which <see cref="Advance"/> takes.</summary>
    public Span<byte> GetSpan(int sizeHint)
    {
        if (!Gathers())
        {
            return pipe.GetSpan(sizeHint);
        }

        if (GatheredSize - _count < sizeHint)
        {
            SendGathered();
            return GetSpan(sizeHint);
        }

        return _gathered.AsSpan(_count, GatheredSize - _count);
    }

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

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (Gathers())
        {
            var fitting = bytes[..Math.Min(bytes.Length, GatheredSize - _count)];
            fitting.CopyTo(_gathered.AsSpan(_count));
            _count += fitting.Length;
            if (fitting.Length == bytes.Length)
            {
                return;
            }

            bytes = bytes[fitting.Length..];
            SendGathered();
        }

        pipe.Write(bytes);
    }

    /// <summary>Sends what has been written. Completes as the pipe's flush does: when there is room for more.</summary>
    public ValueTask<FlushResult> FlushAsync(Leave leave)
    {
        if (_gathered is not null)
        {
            if (leave == Leave.AtOnce)
            {
                SendGathered();
            }
            else
            {
                PipeGathered(from: 0);
            }

            LetGo();
        }

        if (_usesPipe || socket is null)
        {
            _usesPipe = false;
            return pipe.FlushAsync(CancellationToken.None);
        }

        return default;
    }

    // Decided with the first byte after a flush.
    private bool Gathers()
    {
        if (_gathered is not null)
        {
            return true;
        }

        if (socket is null || _usesPipe)
        {
            return false;
        }

        if (!PipeContent.IsEmpty(pipe))
        {
            _usesPipe = true;
            return false;
        }

        _gathered = ArrayPool<byte>.Shared.Rent(GatheredSize);
        return true;
    }

    private void SendGathered()
    {
        var sent = _count == 0 ? 0 : Send(_gathered.AsSpan(0, _count));
        if (sent < _count)
        {
            PipeGathered(sent);
            return;
        }

        _count = 0;
    }

    private void PipeGathered(int from)
    {
        pipe.Write(_gathered.AsSpan(from, _count - from));
        _usesPipe = true;
        LetGo();
    }

    // A socket that fails is Kestrel's to deal with: it finds that out as soon as it sends, or has done so already.
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

    private void LetGo()
    {
        if (_gathered is { } gathered)
        {
            _count = 0;
            _gathered = null;
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }
}
