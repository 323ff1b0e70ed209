using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>One connection of the load: a socket, what is still to be sent on it, and when its messages under way were sent.</summary>
internal sealed class Peer : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _descriptor;
    private readonly IExchange _exchange;
    private readonly IAnswerReader _reader;
    private readonly long[] _sentAt;
    private long _unsent;
    private int _at;
    private int _next;
    private int _oldest;
    private int _underWay;
    private bool _waitsForRoom;

    public Peer(int port, IExchange exchange, int inFlight)
    {
        _exchange = exchange;
        _reader = exchange.CreateReader();
        _sentAt = new long[inFlight];
        _socket.NoDelay = true;
        _socket.Connect(IPAddress.Loopback, port);
        _descriptor = (int)_socket.SafeHandle.DangerousGetHandle();
    }

    /// <summary>Sends the opening request; the answer comes in its own time.</summary>
    public void SendRequest(ReadOnlySpan<byte> request)
    {
        if (Kernel.Send(_descriptor, request) != request.Length)
        {
            throw Kernel.LastError("The opening request was not sent");
        }
    }

    public void Watch(EventPoll poll, int tag) => poll.Add(_descriptor, tag);

    /// <summary>What has come, up to the buffer's size; 0 when nothing has.</summary>
    public int Receive(Span<byte> buffer)
    {
        var count = Kernel.Receive(_descriptor, buffer);
        return count switch
        {
            > 0 => count,
            0 => throw new IOException("The server closed a connection."),
            _ => Kernel.WouldWait ? 0 : throw Kernel.LastError("A connection was lost"),
        };
    }

    /// <summary>How many messages have come whole.</summary>
    /// <param name="bytes">What was received.</param>
    /// <param name="now">When.</param>
    /// <param name="latencies">Told how long each was under way; null when nothing is counted.</param>
    public int Take(ReadOnlySpan<byte> bytes, long now, LatencyHistogram? latencies)
    {
        var count = _reader.Read(bytes);
        for (var i = 0; i < count && _underWay > 0; i++)
        {
            latencies?.Add(now - _sentAt[_oldest]);
            _oldest = (_oldest + 1) % _sentAt.Length;
            _underWay--;
        }

        return count;
    }

    /// <summary>Sends so many messages, as far as the kernel has room; the rest goes when it has.</summary>
    public void Send(int count, long now, EventPoll poll, int tag)
    {
        for (var i = 0; i < count; i++)
        {
            _sentAt[(_oldest + _underWay) % _sentAt.Length] = now;
            _underWay++;
            _unsent += _exchange.Sizes[_next];
            _next = (_next + 1) % _exchange.Sizes.Count;
        }

        SendRest(poll, tag);
    }

    /// <summary>Goes on when the kernel has room again.</summary>
    public void SendRest(EventPoll poll, int tag)
    {
        while (_unsent > 0)
        {
            var sent = Kernel.Send(_descriptor, _exchange.Bytes.AsSpan(_at, (int)Math.Min(_unsent, _exchange.Bytes.Length - _at)));
            if (sent < 0 && !Kernel.WouldWait)
            {
                throw Kernel.LastError("A connection was lost");
            }

            if (sent < 0)
            {
                break;
            }

            _unsent -= sent;
            _at = (_at + sent) % _exchange.Bytes.Length;
        }

        if (_waitsForRoom != (_unsent > 0))
        {
            _waitsForRoom = _unsent > 0;
            poll.Change(_descriptor, tag, _waitsForRoom);
        }
    }

    public void Dispose() => _socket.Dispose();

    /// <summary>The time, as latencies are taken.</summary>
    public static long Now => Stopwatch.GetTimestamp();
}
