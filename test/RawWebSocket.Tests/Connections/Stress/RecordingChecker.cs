using System.Buffers.Binary;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>
/// Compares what the peer has read with what the senders were told. It knows the rules of the wire and what the operations promise, and
/// nothing of how the sending side keeps that.
/// </summary>
internal sealed partial class RecordingChecker
{
    private const int Reserved = 0x30;
    private const int Compressed = 0x40;
    private const int Close = 8;
    private const int Ping = 9;
    private const int Pong = 10;

    private readonly Recording _recording;
    private readonly Dictionary<(int, int), Sending> _sendings;
    private readonly HashSet<Sending> _arrived = [];
    private readonly List<Sending> _messages = [];
    private readonly List<Sending> _controls = [];
    private readonly List<Fault> _faults = [];
    private readonly List<byte> _message = [];
    private bool _inMessage;
    private bool _isCompressed;
    private bool _hasClosed;

    private RecordingChecker(Recording recording)
    {
        _recording = recording;
        _sendings = recording.Sendings.ToDictionary(sending => sending.Id);
    }

    /// <summary>What does not hold; nothing when all is right.</summary>
    public static IReadOnlyList<Fault> Check(Recording recording)
    {
        var checker = new RecordingChecker(recording);
        checker.CheckWire();
        foreach (var sending in recording.Sendings)
        {
            checker.CheckFate(sending);
        }

        checker.CheckOrder(checker._messages);
        checker.CheckOrder([.. checker._controls.Where(control => control.Kind == SendingKind.Ping)]);
        checker.CheckOrder([.. checker._controls.Where(control => control.Kind == SendingKind.Pong)]);
        checker.CheckControls(SendingKind.Ping, kept: 16);
        checker.CheckControls(SendingKind.Pong, kept: 1);
        checker.CheckCounts();
        return checker._faults;
    }

    private void CheckWire()
    {
        using var inflate = new PeerInflate();
        var rest = _recording.Wire.ToList();
        try
        {
            foreach (var frame in ServerFrame.TakeAll(rest))
            {
                Take(frame, inflate);
            }
        }
        catch (ShouldAssertException unreadable)
        {
            Note(Rule.FramesAreWellFormed, unreadable.Message);
            return;
        }

        CheckEndOfWire([.. rest], inflate);
    }

    private void Take(ServerFrame frame, PeerInflate inflate)
    {
        if (_hasClosed)
        {
            Note(Rule.NothingFollowsTheClose, Shown(frame));
        }
        else if (!IsWellFormed(frame))
        {
            Note(Rule.FramesAreWellFormed, Shown(frame));
        }
        else if (frame.Opcode == Close)
        {
            TakeClose(frame);
        }
        else if (frame.IsControl)
        {
            ArriveControl(frame);
        }
        else
        {
            TakeFragment(frame, inflate);
        }
    }

    private bool IsWellFormed(ServerFrame frame) =>
        (frame.FirstByte & Reserved) == 0
        && frame.Opcode is 0 or 1 or 2 or Close or Ping or Pong
        && ((frame.FirstByte & Compressed) == 0 || (_recording.IsCompressed && frame.Opcode is 1 or 2))
        && (!frame.IsControl || (frame.IsFinal && frame.Payload.Length <= 125));

    private void TakeClose(ServerFrame frame)
    {
        _hasClosed = true;
        if (frame.Payload.Length < 2 || !_recording.CloseCodes.Contains(BinaryPrimitives.ReadUInt16BigEndian(frame.Payload)))
        {
            Note(Rule.TheCloseIsSomebodys, Shown(frame));
        }
    }

    private void TakeFragment(ServerFrame frame, PeerInflate inflate)
    {
        var begins = frame.Opcode != 0;
        if (begins == _inMessage)
        {
            Note(Rule.MessagesAreNotInterleaved, $"{Shown(frame)} {(begins ? "inside of another message" : "continues nothing")}");
        }

        if (begins)
        {
            _message.Clear();
            _isCompressed = (frame.FirstByte & Compressed) != 0;
        }

        _message.AddRange(frame.Payload);
        _inMessage = !frame.IsFinal;
        if (frame.IsFinal && (begins || _message.Count > 0))
        {
            Arrive([.. _message], inflate);
            _message.Clear();
        }
    }

    private void Arrive(byte[] payload, PeerInflate inflate)
    {
        byte[] plain;
        try
        {
            plain = _isCompressed ? inflate.Message(payload) : payload;
        }
        catch (InvalidDataException garbage)
        {
            Note(Rule.WhatArrivesIsWhole, $"{payload.Length} bytes that cannot be decompressed: {garbage.Message}");
            return;
        }

        if (Identify(plain, isWhole: true) is not { } sending)
        {
            return;
        }

        if (_arrived.Add(sending))
        {
            _messages.Add(sending);
        }
        else
        {
            Note(Rule.NothingArrivesTwice, $"{sending}");
        }
    }

    private void ArriveControl(ServerFrame frame)
    {
        if (Identify(frame.Payload, isWhole: true) is not { } sending)
        {
            return;
        }

        if (sending.Kind != (frame.Opcode == Ping ? SendingKind.Ping : SendingKind.Pong))
        {
            Note(Rule.WhatArrivesWasSent, $"{Shown(frame)} as {sending}");
        }
        else if (_arrived.Add(sending))
        {
            _controls.Add(sending);
        }
        else
        {
            Note(Rule.NothingArrivesTwice, $"{sending}");
        }
    }

    private Sending? Identify(ReadOnlySpan<byte> payload, bool isWhole)
    {
        if (Sending.IdOf(payload) is not { } id || !_sendings.TryGetValue(id, out var sending))
        {
            Note(Rule.WhatArrivesWasSent, $"{payload.Length} bytes of nobody's");
            return null;
        }

        var sent = sending.Payload().AsSpan();
        if (isWhole ? !sent.SequenceEqual(payload) : !sent.StartsWith(payload))
        {
            var first = sent.CommonPrefixLength(payload);
            Note(Rule.WhatArrivesIsWhole, $"{payload.Length} bytes of {sending}, of which byte {first} is another");
            return null;
        }

        return sending;
    }

    private void Note(Rule rule, string detail) => _faults.Add(new Fault(rule, detail));

    private static string Shown(ServerFrame frame) => $"a frame {frame.FirstByte:x2} of {frame.Payload.Length} bytes";
}
