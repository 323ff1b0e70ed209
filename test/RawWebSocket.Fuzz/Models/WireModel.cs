using System.Runtime.InteropServices;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Protocol;

namespace RawWebSocket.Fuzz.Models;

/// <summary>
/// What a client says, read the plain way: all bytes at once, every message copied, no state but what is written here. What the library
/// finds, in whatever pieces the bytes come, must be the same.
/// </summary>
/// <param name="maxMessage">The longest message, in bytes.</param>
internal sealed class WireModel(long maxMessage)
{
    private const int BytesToForgiveOne = 1024;

    private readonly StrictUtf8 _utf8 = new();
    private readonly List<byte> _message = [];
    private ModelKind? _messageKind;
    private int _textChecked;

    public List<ModelEvent> Events { get; } = [];

    /// <summary>How many bytes stand behind the last event.</summary>
    public int Rest { get; private set; }

    /// <summary>The most frames that a message may come in.</summary>
    public int MaxFragments { get; init; } = int.MaxValue;

    /// <summary>After how many events messages are no longer of interest; null for never.</summary>
    public int? DiscardAfter { get; init; }

    /// <summary>Whether the end of a message that is of no interest counts, and its fragments with it.</summary>
    public bool TellsDiscarded { get; init; }

    /// <summary>Whether fragments of messages that are streamed, or of no interest, are forgiven when they carry something.</summary>
    public bool ForgivesFragments { get; init; }

    /// <summary>How many frames the present message has; it need not have any bytes.</summary>
    public int Fragments { get; private set; }

    private bool Discards => Events.Count >= DiscardAfter;

    private int UnforgivenFragments =>
        Fragments - (ForgivesFragments || Discards ? _message.Count / BytesToForgiveOne : 0);

    private bool Ignores => Discards && !TellsDiscarded;

    public void Read(ReadOnlySpan<byte> wire)
    {
        while (HeaderModel.Read(wire) is { } header)
        {
            var fault = header.Fault ?? SequenceFault(header.Opcode);
            if (fault is null && header.Opcode < 8)
            {
                fault = LimitFault(header.Length);
            }

            if (fault is not null)
            {
                Events.Add(ModelEvent.Failed(fault));
                break;
            }

            var payload = Unmask(wire[header.Size..], header);
            var isWhole = (ulong)payload.Length == header.Length;
            if (header.Opcode < 8)
            {
                ReadData(header, payload, isWhole);
            }
            else if (isWhole)
            {
                ReadControl(header.Opcode, payload);
            }

            wire = wire[(header.Size + payload.Length)..];
            if (!isWhole || Events is [.., { IsLast: true }])
            {
                break;
            }
        }

        Rest = wire.Length;
    }

    // Section 5.4: a message's fragments follow one another, and only control frames come between.
    private ProtocolFault? SequenceFault(int opcode) => (opcode, _messageKind) switch
    {
        (0, null) => ProtocolFault.UnexpectedContinuation,
        (1 or 2, not null) => ProtocolFault.MessageInterrupted,
        _ => null,
    };

    // Even a message that nobody wants cannot be longer than can be counted.
    private ProtocolFault? LimitFault(ulong length) =>
        !Ignores && _messageKind is not null && UnforgivenFragments >= MaxFragments ? ProtocolFault.TooManyFragments
        : (UInt128)length + (ulong)_message.Count > (UInt128)(Discards ? long.MaxValue : maxMessage) ? ProtocolFault.MessageTooBig
        : null;

    private static byte[] Unmask(ReadOnlySpan<byte> wire, HeaderModel header)
    {
        var payload = wire[..(int)Math.Min((ulong)wire.Length, header.Length)].ToArray();
        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= header.Key[i % 4];
        }

        return payload;
    }

    private void ReadData(HeaderModel header, byte[] payload, bool isWhole)
    {
        Fragments = _messageKind is null ? 1 : Fragments + 1;
        _messageKind ??= header.Opcode == 1 ? ModelKind.Text : ModelKind.Binary;
        var ends = isWhole && header.Fin;
        _message.AddRange(payload);
        if (!Discards && _messageKind == ModelKind.Text && !IsText(ends))
        {
            Events.Add(ModelEvent.Failed(ProtocolFault.TextNotUtf8));
            return;
        }

        if (ends)
        {
            if (!Ignores)
            {
                Events.Add(Discards ? new ModelEvent(ModelKind.Discarded, []) : new ModelEvent(_messageKind.Value, [.. _message]));
            }

            _message.Clear();
            _textChecked = 0;
            _messageKind = null;
        }
    }

    // What was a text by itself need not be looked at again.
    private bool IsText(bool isAll)
    {
        var rest = CollectionsMarshal.AsSpan(_message)[_textChecked..];
        if (!_utf8.IsValid(rest))
        {
            return !isAll && _utf8.FirstDead(rest) is null;
        }

        _textChecked = _message.Count;
        return true;
    }

    private void ReadControl(int opcode, byte[] payload) => Events.Add(opcode switch
    {
        8 when CloseModel.FaultOf(payload) is { } fault => ModelEvent.Failed(fault),
        8 => new ModelEvent(ModelKind.Close, payload),
        9 => new ModelEvent(ModelKind.Ping, payload),
        _ => new ModelEvent(ModelKind.Pong, payload),
    });
}
