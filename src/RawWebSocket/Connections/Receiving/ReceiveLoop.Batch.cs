using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <content>Dealing with what a read has brought, frame by frame, as far as there is room for it.</content>
internal sealed partial class ReceiveLoop
{
    // Synchronous: a batch belongs to one thread.
    private LastWord? ReadFrames(ref ReadOnlySequence<byte> unread)
    {
        run?.Begin();
        sends.BeginBatch();
        try
        {
            return ReadAndCount(ref unread);
        }
        finally
        {
            run?.End();
            sends.EndBatch();
        }
    }

    private LastWord? ReadAndCount(ref ReadOnlySequence<byte> unread)
    {
        var before = _intake!.Messages;
        try
        {
            var last = ReadUntilLast(ref unread);
            _controls?.AnswerLatest();
            return last;
        }
        finally
        {
            tally.OnMessagesReceived(_intake.Messages - before);
        }
    }

    private LastWord? ReadUntilLast(ref ReadOnlySequence<byte> unread)
    {
        var rates = supplies.Rates;
        _leftUnread = false;
        var isMuch = Budget.IsMuch(unread.Length);
        _waitsForMemory = isMuch && !MayAdd(unread.Length - _intake!.LeftInPlace);
        while (!_waitsForMemory && HasRoom(unread) && !IsBatchOver(rates, unread) && TryRead(ref unread, isMuch, out var incoming))
        {
            if (incoming.Kind is IncomingKind.Message or IncomingKind.Piece or IncomingKind.Discarded)
            {
                _intake!.Count(incoming);
                if (!incoming.EndsMessage)
                {
                    tally.OnPartReceived();
                }

                received.Add(incoming);
                continue;
            }

            // What came before a control frame is answered before it.
            received.Wake();
            if (incoming.Kind is IncomingKind.Close or IncomingKind.Fault)
            {
                return new LastWord(incoming);
            }

            // A peer that is being closed has only CloseTimeout left, and may not be able to stop at once.
            if (!Controls.TryTake(incoming) && !sends.Controls.HasClose)
            {
                return new LastWord(ProtocolFault.TooManyControlFrames);
            }
        }

        received.Wake();
        return null;
    }

    private bool HasRoom(in ReadOnlySequence<byte> unread)
    {
        if (!IsFull(unread))
        {
            return true;
        }

        received.Wake();
        return !(_leftUnread = IsFull(unread));
    }
}
