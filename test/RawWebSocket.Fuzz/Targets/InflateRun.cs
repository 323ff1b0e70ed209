using RawWebSocket.Compression;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Protocol;
using RawWebSocket.Tests;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>One connection that receives the messages of an input, in pieces, into buffers, and with pauses between them.</summary>
internal sealed class InflateRun
{
    private const int Guard = 64;
    private const byte Untouched = 0xA5;

    // A decompressor.
    private const int DecompressorBytes = 80 * 1024;

    private readonly DeflateInput _input;
    private readonly ManualTimeProvider _time = new();
    private readonly MemoryAccount _memory;
    private readonly IncomingCompression _incoming;
    private readonly List<byte> _message = [];
    private readonly Func<int> _pieceLength;
    private readonly Func<int> _room;
    private readonly int _maxLength;

    /// <param name="input">Whose agreement it is.</param>
    /// <param name="pools">Where decompressors come from.</param>
    /// <param name="maxLength">A message that becomes longer is given up.</param>
    /// <param name="pieceLength">How long the next piece of a message is.</param>
    /// <param name="room">How large the next buffer is; not empty.</param>
    public InflateRun(DeflateInput input, ZlibPools pools, int maxLength, Func<int> pieceLength, Func<int> room)
    {
        _input = input;
        _maxLength = maxLength;
        _pieceLength = pieceLength;
        _room = room;
        _memory = new MemoryAccount(new MemoryBudget(input.Budget));
        _incoming = new IncomingCompression(pools, input.Agreement, maxRatio: int.MaxValue, _memory, _time);
    }

    /// <summary>Of each message what it gave.</summary>
    public List<byte[]> Messages { get; } = [];

    /// <summary>What the message behind those gave before it turned out to be none; null when it did not.</summary>
    public byte[]? Garbage { get; private set; }

    /// <summary>Whether the last message became too long.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>Time passes.</summary>
    public void Pause(TimeSpan time, bool parks)
    {
        _time.Advance(time);
        if (parks)
        {
            _incoming.Park();
        }
    }

    /// <summary>Receives a message; false if it is the last.</summary>
    public bool Receive(ReadOnlySpan<byte> payload)
    {
        _message.Clear();
        var status = InflateStatus.Done;
        while (!payload.IsEmpty && status == InflateStatus.Done && !HasGivenUp)
        {
            var piece = payload[..Math.Min(_pieceLength(), payload.Length)];
            status = Inflate(piece);
            payload = payload[piece.Length..];
        }

        if (status == InflateStatus.Done && !HasGivenUp)
        {
            status = End();
        }

        CheckMemory();
        if (status == InflateStatus.Garbage)
        {
            Garbage = [.. _message];
        }
        else if (!HasGivenUp)
        {
            Messages.Add([.. _message]);
        }

        return status == InflateStatus.Done && !HasGivenUp;
    }

    /// <summary>The connection ends.</summary>
    public void Stop()
    {
        _incoming.Stop();
        Invariant.Holds(_memory.Held == 0 && _memory.Budget.Held == 0, "After the end of a connection nothing is held.");
    }

    private InflateStatus Inflate(ReadOnlySpan<byte> piece)
    {
        while (true)
        {
            var length = _room();
            var buffer = Buffer(length);
            var status = _incoming.Inflate(piece, buffer.AsSpan(Guard, length), out var consumed, out var written);
            Invariant.Holds(consumed >= 0 && consumed <= piece.Length, "No more is consumed than there is.");
            piece = piece[consumed..];
            Take(buffer, length, written, status);
            Invariant.Holds(status != InflateStatus.Done || piece.IsEmpty, "Who is done with a piece has consumed all of it.");
            if (status != InflateStatus.OutputFull || HasGivenUp)
            {
                return status;
            }
        }
    }

    private InflateStatus End()
    {
        while (true)
        {
            var length = _room();
            var buffer = Buffer(length);
            var status = _incoming.End(buffer.AsSpan(Guard, length), out var written);
            Take(buffer, length, written, status);
            if (status != InflateStatus.OutputFull || HasGivenUp)
            {
                return status;
            }
        }
    }

    private static byte[] Buffer(int length)
    {
        var buffer = new byte[length + (2 * Guard)];
        buffer.AsSpan().Fill(Untouched);
        return buffer;
    }

    private void Take(byte[] buffer, int length, int written, InflateStatus status)
    {
        Invariant.Holds(written >= 0 && written <= length, "No more is written than there is room for.");
        Invariant.Holds(status != InflateStatus.OutputFull || written == length, "Who wants more room has used what there was.");

        // Inside the room zlib copies by words, beyond what it has written.
        Invariant.Holds(
            !buffer.AsSpan(0, Guard).ContainsAnyExcept(Untouched) && !buffer.AsSpan(Guard + length).ContainsAnyExcept(Untouched),
            "Nothing is touched outside of the room.");
        _message.AddRange(buffer.AsSpan(Guard, written));
        HasGivenUp = _message.Count > _maxLength;
    }

    private void CheckMemory()
    {
        var window = _input.NoContextTakeover ? 0 : 1 << Math.Max(_input.WindowBits, DeflateSettings.MinWindowBits);
        Invariant.Holds(_memory.Held <= DecompressorBytes + window, "No more is held than a decompressor and a window.");
        Invariant.Holds(_memory.Held == _memory.Budget.Held, "A connection alone holds all that the budget knows of.");
        Invariant.Holds(
            !_input.NoContextTakeover || _memory.Held == 0 || HasGivenUp, "Without takeover nothing is held between messages.");
    }
}
