using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Protocol;
using RawWebSocket.Tests;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Fuzz.Targets;

/// <summary>
/// One decoder, fed as the receive loop feeds it: what it has passed is gone, what it has not passed is offered again with what has
/// come since. The one place that knows how a decoder is made and asked.
/// </summary>
internal sealed class DecoderRun
{
    // Calls in a row that pass nothing: a question, and the beginning of a message that was gathered and is now wanted as a stream.
    private const int MaxStandingStill = 4;
    private const int PieceSlack = 2048;
    private const int MostSegments = 256;

    private readonly MemoryAccount _memory;
    private readonly MessageDecoder _decoder;
    private readonly List<ReadOnlyMemory<byte>> _unread = [];
    private readonly List<byte> _streamed = [];
    private readonly DecoderSettings _settings;
    private readonly Random _random;
    private int _standingStill;

    public DecoderRun(DecoderSettings settings, Random random)
    {
        _settings = settings;
        _random = random;
        _memory = new MemoryAccount(new MemoryBudget(long.MaxValue));
        _decoder = new MessageDecoder(new(settings.MaxLength, settings.MaxFragments, _memory)) { MaxStreamedLength = settings.MaxLength };
    }

    public List<ModelEvent> Events { get; } = [];

    /// <summary>Whether a close or a fault has come, after which nobody reads on.</summary>
    public bool HasEnded => Events is [.., { IsLast: true }];

    /// <summary>How much came in pieces, and how much whole, for a mixture of both is one more thing to have seen.</summary>
    public int Pieces { get; private set; }

    /// <summary>One read of the transport, perhaps in several segments.</summary>
    public void Arrive(IEnumerable<ReadOnlyMemory<byte>> segments)
    {
        JoinMany();
        _unread.AddRange(segments);
        _standingStill = 0;
        var input = Segments.Of(_unread);
        var offered = input.Length;
        Ask(isDecision: false);
        while (!HasEnded)
        {
            var before = input.Length;
            if (_decoder.Read(ref input) is { IsNothing: false } incoming)
            {
                Advanced(before - input.Length);
                Note(incoming);
                Ask(isDecision: false);
            }
            else if (_decoder.AwaitsDecision)
            {
                Advanced(0);
                Ask(isDecision: true);
            }
            else if (!_decoder.HasLeftOff)
            {
                break;
            }
        }

        CheckMemory();
        Forget(offered - input.Length);
        if (Events is [.., { Kind: ModelKind.Fault }])
        {
            CheckNothingFollows(input);
        }
    }

    /// <summary>The transport has ended.</summary>
    public void End()
    {
        _decoder.Release();
        Invariant.Holds(
            Gathered(_decoder) is null && _memory.Held == 0 && _memory.Budget.Held == 0, "What was gathered is given back at the end.");
    }

    /// <summary>What has neither been passed nor unmasked yet, as it lies in memory.</summary>
    public byte[] Untouched() => Segments.Of(_unread).Slice(_decoder.LeftInPlace).ToArray();

    // A long message that comes byte by byte stays where it lies: each read would be put together from ever more segments, as no transport
    // does, and the run would take minutes.
    private void JoinMany()
    {
        if (_unread.Count > MostSegments)
        {
            var joined = Segments.Of(_unread).ToArray();
            _unread.Clear();
            _unread.Add(joined);
        }
    }

    private void Ask(bool isDecision) => _decoder.Delivery =
        Events.Count >= _settings.DiscardAfter ? _settings.Discard
        : isDecision ? _settings.Decided(_random)
        : _settings.Wanted(_random);

    private void Advanced(long bytes)
    {
        _standingStill = bytes > 0 ? 0 : _standingStill + 1;
        Invariant.Holds(_standingStill <= MaxStandingStill, "The parser always advances.");
    }

    private void CheckNothingFollows(ReadOnlySequence<byte> input)
    {
        var before = input.Length;
        var found = !_decoder.Read(ref input).IsNothing;
        Invariant.Holds(!found && input.Length == before, "Nothing is read after a fault.");
    }

    private void Note(in Incoming incoming)
    {
        switch (incoming.Kind)
        {
            case IncomingKind.Message:
                Add(incoming.Type, incoming.Payload.ToArray());
                break;
            case IncomingKind.Piece:
                NotePiece(incoming);
                break;
            case IncomingKind.Discarded:
                Events.Add(new ModelEvent(ModelKind.Discarded, []));
                break;
            case IncomingKind.Ping:
                Events.Add(new ModelEvent(ModelKind.Ping, incoming.Payload.ToArray()));
                break;
            case IncomingKind.Pong:
                Events.Add(new ModelEvent(ModelKind.Pong, incoming.Payload.ToArray()));
                break;
            case IncomingKind.Close:
                Events.Add(new ModelEvent(ModelKind.Close, BytesOf(incoming.Close)));
                break;
            default:
                Events.Add(ModelEvent.Failed(incoming.Fault));
                break;
        }

        incoming.Owned?.Release();
    }

    private void NotePiece(in Incoming piece)
    {
        Pieces++;
        _streamed.AddRange(piece.Payload.ToArray());
        if (piece.EndsMessage)
        {
            Add(piece.Type, [.. _streamed]);
            _streamed.Clear();
        }
    }

    private void Add(WebSocketMessageType type, byte[] payload) =>
        Events.Add(new ModelEvent(type == WebSocketMessageType.Text ? ModelKind.Text : ModelKind.Binary, payload));

    private static byte[] BytesOf(ClosePayload close)
    {
        Span<byte> bytes = stackalloc byte[FrameHeader.MaxControlPayload];
        return bytes[..close.Write(bytes)].ToArray();
    }

    private void CheckMemory()
    {
        long capacity = 0;
        var gathered = Gathered(_decoder);
        foreach (var part in gathered?.AsSequence() ?? default)
        {
            MemoryMarshal.TryGetArray(part, out var array);
            capacity += array.Array!.Length;
        }

        Invariant.Holds(_memory.Held == capacity, "What is gathered is charged for.", () => $"{_memory.Held} for {capacity}.");
        if (gathered is null)
        {
            return;
        }

        Invariant.Holds(gathered.Length <= _settings.MaxLength, "No more is gathered than a message may have.");
        Invariant.Holds(
            capacity <= (3 * gathered.Length) + PieceSlack,
            "What is gathered takes memory by what has arrived.",
            () => $"{capacity} bytes for {gathered.Length}.");
    }

    private void Forget(long passed)
    {
        var count = 0;
        while (count < _unread.Count && passed >= _unread[count].Length)
        {
            passed -= _unread[count++].Length;
        }

        _unread.RemoveRange(0, count);
        if (passed > 0)
        {
            _unread[0] = _unread[0][(int)passed..];
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_gathered")]
    private static extern ref PooledPayload? Gathered(MessageDecoder decoder);
}
