using System.Buffers;
using RawWebSocket.Compression;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Protocol;
using RawWebSocket.Tests;
using RawWebSocket.Tests.Compression;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>
/// Messages that are compressed, whatever happens between them: a peer that has exactly the window that was agreed reads them, and so does
/// the library itself.
/// </summary>
internal sealed class RoundTrip
{
    // Time stands still while it is compressed, so that any saving pays.
    private const int BytesPerSecond = 1_000_000;

    private readonly DeflateInput _input;
    private readonly ManualTimeProvider _time = new();
    private readonly ZlibPools _pools;
    private readonly MemoryAccount _memory;
    private readonly OutgoingCompression _outgoing;
    private readonly SharedCompression _broadcasts;
    private readonly InflateRun _incoming;
    private readonly StrictInflate _peer;

    public RoundTrip(DeflateInput input)
    {
        _input = input;
        _pools = new ZlibPools(maxAttached: input.Outgoing == OutgoingKind.DedicatedTaught ? 0 : 1);
        _memory = new MemoryAccount(new MemoryBudget(input.Budget));
        var settings = input.Settings;
        _outgoing = input.Outgoing switch
        {
            OutgoingKind.Adaptive => new AdaptiveCompression(_pools, settings, !input.NoContextTakeover, BytesPerSecond, _memory, _time),
            OutgoingKind.Shared => new SharedCompression(_pools, settings),
            _ when input.NoContextTakeover => new SharedCompression(_pools, settings),
            _ => new DedicatedCompression(_pools, settings, _memory, _time),
        };
        _broadcasts = new SharedCompression(_pools, settings);
        _incoming = new InflateRun(input, _pools, int.MaxValue, static () => int.MaxValue, static () => 4096);
        _peer = new StrictInflate(settings.WindowBits);
    }

    public void Check(Features features)
    {
        foreach (var message in _input.Messages)
        {
            _time.Advance(message.Pause);
            _incoming.Pause(message.Pause, message.Parks);
            if (message.Parks)
            {
                _outgoing.Park();
            }

            if (message.Releases)
            {
                _outgoing.Release();
            }

            if (message.FollowsBroadcast)
            {
                using var broadcast = _broadcasts.Compress(new(message.Payload), isFinal: true);
                _outgoing.Forget();
                Receive([.. broadcast.Span], message.Payload);
            }

            Send(message, features);
        }

        _outgoing.Release();
        _incoming.Stop();
        Invariant.Holds(_memory.Held == 0 && _memory.Budget.Held == 0, "After the end of a connection nothing is held.");
        Invariant.Holds(_pools.Attached == 0, "After the end of a connection no compressor is kept.");
        _pools.Trim();
        _pools.Trim();
    }

    private void Send(DeflateMessage message, Features features)
    {
        var (payload, fragments) = (message.Payload, message.Fragments);
        var isWorthwhile = _outgoing.IsWorthwhile(payload.Length / fragments, isWhole: fragments == 1);
        var isAttached = _pools.Attached > 0;
        if (isWorthwhile)
        {
            var wire = new List<byte>();
            for (var i = 0; i < fragments; i++)
            {
                var part = payload.AsMemory()[(payload.Length * i / fragments)..(payload.Length * (i + 1) / fragments)];
                using var compressed = _outgoing.Compress(Sequence(part, message), isFinal: i == fragments - 1);
                wire.AddRange(compressed.Span);
            }

            Receive([.. wire], payload);
            features.Add('l', Features.Magnitude(payload.Length), Features.Magnitude(wire.Count));
        }

        features.AddStep('s', message.Action & 0xF, (isWorthwhile ? 1 : 0) + (isAttached ? 2 : 0) + (_pools.Attached > 0 ? 4 : 0));
        features.Add('k', _input.First & 0x1F, _input.Second & 3);
        features.Add('o', _input.First & 7, _input.Second);
        features.Add('d', Features.Magnitude(_peer.LongestDistance), (int)_input.Outgoing);
    }

    private static ReadOnlySequence<byte> Sequence(ReadOnlyMemory<byte> part, DeflateMessage message) => message.IsSegmented
        ? Segments.Cut(part.Span, part.Length / 3, part.Length / 3, part.Length / 2)
        : new ReadOnlySequence<byte>(part);

    private void Receive(byte[] wire, byte[] payload)
    {
        if (_input.NoContextTakeover)
        {
            _peer.Forget();
        }

        Invariant.Holds(_peer.Message(wire).AsSpan().SequenceEqual(payload), "A peer with the agreed window reads what was sent.");
        Invariant.Holds(_incoming.Receive(wire), "What was compressed here is understood here.");
        Invariant.Holds(_incoming.Messages[^1].AsSpan().SequenceEqual(payload), "What was compressed here is read here as it was.");
    }
}
