using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections.Stress;

/// <content>Where the wire ends: perhaps in the middle of a message or of a frame, whose bytes are looked at all the same.</content>
internal sealed partial class RecordingChecker
{
    private void CheckEndOfWire(byte[] half, PeerInflate inflate)
    {
        if (_recording.EndsWithClose)
        {
            if (half.Length > 0)
            {
                Note(Rule.NothingIsCut, $"{half.Length} bytes of a frame");
            }

            if (!_hasClosed)
            {
                Note(Rule.TheCloseArrives, "there is no close frame");
            }
        }

        if (_inMessage && _recording.End == RoundEnd.Close)
        {
            Note(Rule.NothingIsCut, $"a message of which {_message.Count} bytes have come");
        }

        CheckHalfMessage(half, inflate);
    }

    // What stands behind half a frame would be taken for its payload, so that shows that nothing does. Of a few compressed bytes nothing
    // may be told yet.
    private void CheckHalfMessage(byte[] half, PeerInflate inflate)
    {
        var frame = _hasClosed ? null : HalfFrame(half);
        if (frame is { IsControl: false, Opcode: not 0 })
        {
            _message.Clear();
            _isCompressed = (frame.FirstByte & Compressed) != 0;
        }

        if (frame is { IsControl: false })
        {
            _message.AddRange(frame.Payload);
        }

        var payload = Readable(inflate);
        if (payload.Length >= Sending.HeadLength && Identify(payload, isWhole: false) is { } sending)
        {
            CheckHalf(sending);
        }
    }

    private byte[] Readable(PeerInflate inflate)
    {
        try
        {
            return _isCompressed ? inflate.Part([.. _message]) : [.. _message];
        }
        catch (InvalidDataException garbage)
        {
            Note(Rule.WhatArrivesIsWhole, $"half a message that cannot be decompressed: {garbage.Message}");
            return [];
        }
    }

    private void CheckHalf(Sending sending)
    {
        if (sending.Outcome == Outcome.Cancelled)
        {
            Note(Rule.WhatWasCancelledDoesNotArrive, $"half of {sending}");
        }
        else if (sending.Outcome is Outcome.Dropped or Outcome.Abandoned
            || (_recording.EndsWithClose && sending.Kind != SendingKind.Stream))
        {
            Note(Rule.WhatWasRefusedDoesNotArrive, $"half of {sending}");
        }
        else if (_arrived.Contains(sending))
        {
            Note(Rule.NothingArrivesTwice, $"half of {sending}");
        }
    }

    private static ServerFrame? HalfFrame(byte[] half)
    {
        if (half.Length < 2)
        {
            return null;
        }

        var header = 2 + (half[1] switch { 126 => 2, 127 => 8, _ => 0 });
        return half.Length < header ? null : new ServerFrame(half[0], half[header..]);
    }
}
