using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace RawWebSocket.Abuse.Clients;

/// <summary>
/// The well-behaved client beside the attackers: an echo every few milliseconds, on a thread of its own that nothing else delays. A round
/// trip is counted from when it was due, so that a stall costs every echo that should have been made in it, and not one.
/// </summary>
internal sealed class Canary : IDisposable
{
    private const int PayloadSize = 32;

    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly Lock _gate = new();
    private readonly Thread _thread;
    private readonly byte[] _buffer = new byte[1024];
    private List<double> _milliseconds = [];
    private int _buffered;
    private volatile bool _disposed;

    /// <param name="port">The server's.</param>
    /// <param name="patience">How long it waits for an echo; null for as long as a person would.</param>
    public Canary(int port, TimeSpan? patience = null)
    {
        _socket.ReceiveTimeout = (int)(patience ?? Patience).TotalMilliseconds;
        _socket.SendTimeout = (int)Patience.TotalMilliseconds;
        _socket.Connect(IPAddress.Loopback, port);
        _socket.Send(RawClient.UpgradeRequest("/echo"));
        Receive();
        var head = _buffer.AsSpan(0, _buffered).IndexOf("\r\n\r\n"u8) + 4;
        if (head < 4 || !_buffer.AsSpan().StartsWith("HTTP/1.1 101"u8))
        {
            throw new InvalidOperationException("The well-behaved client was refused.");
        }

        Forget(head);
        _thread = new Thread(Run) { IsBackground = true, Name = "canary" };
        _thread.Start();
    }

    /// <summary>Why it stopped; null while it lives.</summary>
    public string? End { get; private set; }

    /// <summary>When it stopped.</summary>
    public TimeSpan? EndedAfter { get; private set; }

    /// <summary>The code of the server's close frame, if one came.</summary>
    public int? CloseCode { get; private set; }

    /// <summary>The round trips since the last call.</summary>
    public Latencies Take()
    {
        lock (_gate)
        {
            var taken = _milliseconds;
            _milliseconds = [];
            return new Latencies(taken);
        }
    }

    /// <summary>Waits for the end of the connection, which the server brings about.</summary>
    public bool WaitForEnd(TimeSpan limit) => _thread.Join(limit);

    public void Dispose()
    {
        _disposed = true;
        _thread.Join(Patience);
        _socket.Dispose();
    }

    private void Run()
    {
        var begun = Stopwatch.GetTimestamp();
        try
        {
            Beat();
            _socket.Send(ClientFrame.Close(1000));
        }
        catch (SocketException exception)
        {
            End = exception.SocketErrorCode == SocketError.WouldBlock || exception.SocketErrorCode == SocketError.TimedOut
                ? $"no echo within {Patience.TotalSeconds} s"
                : $"the connection ended ({exception.SocketErrorCode})";
        }

        EndedAfter = Stopwatch.GetElapsedTime(begun);
    }

    private void Beat()
    {
        var payload = new byte[PayloadSize];
        var begun = Stopwatch.GetTimestamp();
        for (var number = 0L; !_disposed; number++)
        {
            var due = number * Period;
            var early = due - Stopwatch.GetElapsedTime(begun);
            if (early > TimeSpan.Zero)
            {
                // It never wakes up to the microsecond; nobody but this thread is to blame for that.
                Thread.Sleep(early);
                due = Stopwatch.GetElapsedTime(begun);
            }

            BitConverter.TryWriteBytes(payload, number);
            _socket.Send(ClientFrame.Of(Opcode.Binary, payload));
            if (!ReadEcho(payload))
            {
                return;
            }

            lock (_gate)
            {
                _milliseconds.Add((Stopwatch.GetElapsedTime(begun) - due).TotalMilliseconds);
            }
        }
    }

    private bool ReadEcho(byte[] payload)
    {
        while (true)
        {
            if (ServerFrame.At(_buffer.AsSpan(0, _buffered)) is not { } frame)
            {
                if (!Receive())
                {
                    End = "the connection ended";
                    return false;
                }

                continue;
            }

            if (frame.Opcode == Opcode.Close)
            {
                CloseCode = frame.CloseCode(_buffer);
                End = $"closed with {CloseCode}";
                return false;
            }

            var isEcho = frame.Opcode == Opcode.Binary;
            if (isEcho && !_buffer.AsSpan(frame.Start, frame.Length).SequenceEqual(payload))
            {
                End = "an echo came back changed";
                return false;
            }

            Forget(frame.End);
            if (isEcho)
            {
                return true;
            }
        }
    }

    private bool Receive()
    {
        var count = _socket.Receive(_buffer.AsSpan(_buffered));
        _buffered += count;
        return count > 0;
    }

    private void Forget(int count)
    {
        _buffer.AsSpan(count, _buffered - count).CopyTo(_buffer);
        _buffered -= count;
    }
}
