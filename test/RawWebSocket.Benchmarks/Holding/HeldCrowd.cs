using System.Diagnostics;
using System.Text;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Holding;

/// <summary>
/// Many idle WebSockets that answer pings, on one thread: of each nothing is kept but its descriptor and whether it is open. They come from
/// several loopback addresses, since one has not ports enough for all.
/// </summary>
internal sealed class HeldCrowd(int port) : IDisposable
{
    private const int OpeningAtOnce = 64;
    private const int PatienceMilliseconds = 10_000;
    private const int BufferSize = 16 * 1024;

    // Linux has some 28,000 ports for an address by default.
    private const int ConnectionsPerAddress = 20_000;

    private readonly List<Held> _all = [];
    private readonly Dictionary<string, int> _losses = [];
    private readonly EventPoll _poll = new();
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly byte[] _pong = new byte[ControlFrames.LongestAnswer];
    private readonly byte[] _request = Encoding.ASCII.GetBytes(
        $"GET /echo HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");

    private int _opened;

    /// <summary>How many are open.</summary>
    public int Count => _opened - Lost;

    /// <summary>How many have been lost.</summary>
    public int Lost => _losses.Values.Sum();

    /// <summary>Why they have been lost, and how many for each reason.</summary>
    public IReadOnlyDictionary<string, int> Losses => _losses;

    /// <summary>How many pings have been answered.</summary>
    public long Answered { get; private set; }

    /// <summary>Opens so many; returns when the last has its 101. Pings of those that are open are answered meanwhile.</summary>
    public void Open(int count, CancellationToken cancellationToken)
    {
        while (_opened < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            while (_all.Count < count && _all.Count - _opened < OpeningAtOnce)
            {
                Begin();
            }

            if (AttendAll(PatienceMilliseconds) == 0)
            {
                throw new TimeoutException("The server does not answer opening handshakes.");
            }
        }
    }

    /// <summary>Answers pings for so long.</summary>
    public void Hold(TimeSpan time, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (time - Stopwatch.GetElapsedTime(begun) is { Ticks: > 0 } left)
        {
            cancellationToken.ThrowIfCancellationRequested();
            AttendAll((int)Math.Min(left.TotalMilliseconds + 1, PatienceMilliseconds));
        }
    }

    public void Dispose()
    {
        _all.ForEach(static held => held.Close());
        _poll.Dispose();
    }

    private void Begin()
    {
        var held = new Held(LoopbackSocket.Connect(_all.Count / ConnectionsPerAddress, port));
        _poll.Add(held.Descriptor, _all.Count);
        _all.Add(held);
        if (Kernel.Send(held.Descriptor, _request) != _request.Length)
        {
            throw Kernel.LastError("The opening request was not sent");
        }
    }

    private int AttendAll(int milliseconds)
    {
        var ready = _poll.Wait(milliseconds);
        for (var i = 0; i < ready; i++)
        {
            Attend(_all[_poll.TagOf(i)]);
        }

        return ready;
    }

    private void Attend(Held held)
    {
        var count = Kernel.Receive(held.Descriptor, _buffer);
        var received = _buffer.AsSpan(0, Math.Max(0, count));
        if (count > 0 && !held.IsOpen)
        {
            held.IsOpen = IsAnswer(received);
            _opened++;
        }
        else if (count > 0)
        {
            Answer(held, received);
        }
        else if (count == 0)
        {
            Lose(held, "ended by the server");
        }
        else if (!Kernel.WouldWait)
        {
            Lose(held, "reset");
        }
    }

    // The server sends its answer in one write, and nothing after it before the first ping.
    private static bool IsAnswer(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("HTTP/1.1 101 "u8) && bytes.EndsWith("\r\n\r\n"u8)
            ? true
            : throw new InvalidDataException($"The server answered an opening handshake with: {Encoding.Latin1.GetString(bytes)}");

    private void Answer(Held held, ReadOnlySpan<byte> frames)
    {
        while (!frames.IsEmpty)
        {
            var length = ControlFrames.LengthOf(frames);
            if (ControlFrames.IsClose(frames))
            {
                Lose(held, "closed by the server");
                return;
            }

            var pong = _pong.AsSpan(0, ControlFrames.WritePong(frames[..length], _pong));
            if (Kernel.Send(held.Descriptor, pong) != pong.Length)
            {
                Lose(held, "took no pong");
                return;
            }

            Answered++;
            frames = frames[length..];
        }
    }

    private void Lose(Held held, string why)
    {
        if (!held.IsOpen)
        {
            throw new IOException($"A connection was lost in its opening handshake: {why}.");
        }

        held.Close();
        _losses[why] = _losses.GetValueOrDefault(why) + 1;
    }

    private sealed class Held(int descriptor)
    {
        private bool _isClosed;

        public int Descriptor => descriptor;

        public bool IsOpen { get; set; }

        public void Close()
        {
            if (!_isClosed)
            {
                _isClosed = true;
                _ = Kernel.Close(descriptor);
            }
        }
    }
}
