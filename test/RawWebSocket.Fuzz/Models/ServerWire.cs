using System.Buffers.Binary;
using RawWebSocket.Fuzz.Engine;
using RawWebSocket.Tests.Protocol;

namespace RawWebSocket.Fuzz.Models;

/// <summary>What a server has sent, read strictly: whatever RFC 6455 forbids a server is a broken rule.</summary>
internal sealed class ServerWire
{
    private readonly StrictUtf8 _utf8 = new();
    private readonly List<byte> _message = [];
    private ModelKind? _messageKind;

    public List<ModelEvent> Events { get; } = [];

    /// <summary>The close frame, if there is one.</summary>
    public ModelEvent? Close => Events is [.., { Kind: ModelKind.Close } close] ? close : null;

    /// <summary>Bytes at the end that are no whole frame: the transport was dropped in the middle of one.</summary>
    public int Rest { get; private set; }

    /// <summary>What the message holds that has begun and was not ended; null when there is none.</summary>
    public ModelEvent? Unfinished => _messageKind is { } kind ? new ModelEvent(kind, [.. _message]) : null;

    public static ServerWire Read(ReadOnlySpan<byte> bytes)
    {
        var wire = new ServerWire();
        while (wire.TryReadFrame(ref bytes))
        {
            Invariant.Holds(wire.Close is null || bytes.IsEmpty, "Nothing follows a close frame (5.5.1).");
        }

        wire.Rest = bytes.Length;
        return wire;
    }

    private bool TryReadFrame(ref ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < 2 || bytes.Length < 2 + DigitsOf(bytes[1]))
        {
            return false;
        }

        var (fin, opcode) = (bytes[0] >= 128, bytes[0] & 0x0F);
        Invariant.Holds((bytes[0] & 0x70) == 0, "A server sets no reserved bit (5.2).");
        Invariant.Holds(opcode is 0 or 1 or 2 or 8 or 9 or 10, "A server uses no reserved opcode (5.2).");
        Invariant.Holds(bytes[1] < 128, "A server does not mask (5.1).");
        var length = LengthOf(bytes);
        Invariant.Holds(opcode < 8 || (fin && length <= 125), "A control frame is short and whole (5.5).");
        var start = 2 + DigitsOf(bytes[1]);
        if (length > bytes.Length - start)
        {
            return false;
        }

        var payload = bytes.Slice(start, (int)length).ToArray();
        bytes = bytes[(start + payload.Length)..];
        Take(fin, opcode, payload);
        return true;
    }

    private static int DigitsOf(byte second) => second switch { 126 => 2, 127 => 8, _ => 0 };

    private static long LengthOf(ReadOnlySpan<byte> bytes)
    {
        var digits = DigitsOf(bytes[1]);
        var length = digits switch
        {
            2 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            8 => BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
            _ => bytes[1],
        };
        Invariant.Holds(
            length >= digits switch { 2 => 126, 8 => 65_536, _ => 0 },
            "A length is in its shortest form (5.2).",
            () => $"{length} in {digits} bytes.");
        return length;
    }

    private void Take(bool fin, int opcode, byte[] payload)
    {
        switch (opcode)
        {
            case 8:
                Invariant.Holds(
                    CloseModel.FaultOf(payload) is null,
                    "A close frame carries what may be sent (5.5.1, 7.4).",
                    () => Convert.ToHexString(payload));
                Events.Add(new ModelEvent(ModelKind.Close, payload));
                break;
            case 9 or 10:
                Events.Add(new ModelEvent(opcode == 9 ? ModelKind.Ping : ModelKind.Pong, payload));
                break;
            default:
                TakeFragment(fin, opcode, payload);
                break;
        }
    }

    private void TakeFragment(bool fin, int opcode, byte[] payload)
    {
        Invariant.Holds(opcode == 0 == _messageKind is not null, "A message's fragments follow one another (5.4).");
        _messageKind ??= opcode == 1 ? ModelKind.Text : ModelKind.Binary;
        _message.AddRange(payload);

        // Of fragments that end inside a character the RFC has nothing to say; this library promises that they do not.
        Invariant.Holds(
            _messageKind != ModelKind.Text || _utf8.IsValid(payload), "A text that is sent is UTF-8, and so is each fragment (8.1).");
        if (fin)
        {
            Events.Add(new ModelEvent(_messageKind.Value, [.. _message]));
            _message.Clear();
            _messageKind = null;
        }
    }
}
