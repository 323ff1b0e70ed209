using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <content>
/// How much is kept for an application that is behind, and how much may be added when the memory budget is nearly used up. What the
/// transport has read ahead and this has not looked at yet is the transport's, and not counted.
/// </content>
internal sealed partial class ReceiveLoop
{
    // While closing, so much of what is discarded may pile up behind a message that the application has not let go of.
    private const long DiscardAhead = 1024 * 1024;

    // How much is dealt with before the budget is looked at again.
    private const long Portion = 16 * 1024;

    // The budget is exceeded, so that what has come is left with the transport.
    private bool _waitsForMemory;

    /// <summary>How much is charged for input that the application has let go of since.</summary>
    public long LetGoBytes => KeepsMemory && !received.KeepsMemory ? _kept.Bytes : 0;

    private MemoryBudget Budget => sends.Memory.Budget;

    // What comes after this side's close is discarded, so it needs no room: the peer's close frame may be behind it.
    private bool IsFull(in ReadOnlySequence<byte> unread)
    {
        if (!received.KeepsMemory)
        {
            return false;
        }

        if (sends.Controls.HasClose)
        {
            return KeepsTooMuch(unread);
        }

        if (received.WaitingBytes is not (> 0 and var waiting))
        {
            return KeepsTooMuch(unread);
        }

        if (waiting >= supplies.ReceiveAheadBytes || KeepsTooMuch(unread))
        {
            return true;
        }

        _kept.Grow(KeptOf(unread), sends.Memory);
        return Budget.IsScarce && sends.Memory.Held >= Budget.MayKeep;
    }

    // Besides the messages: their headers, and those that were taken, which lie before one that the application has not let go of.
    private bool KeepsTooMuch(in ReadOnlySequence<byte> unread) =>
        received.HoldsInput && PassedOf(unread) - received.InPlaceBytes is var besides && besides > 0 && besides >= MayKeepBesides;

    private long MayKeepBesides => sends.Controls.HasClose
        ? DiscardAhead
        : Budget.IsScarce ? Math.Min(supplies.ReceiveAheadBytes, Budget.MayKeep) : supplies.ReceiveAheadBytes;

    private long PassedOf(in ReadOnlySequence<byte> unread) => _intake!.Known - unread.Length;

    private long KeptOf(in ReadOnlySequence<byte> unread) => PassedOf(unread) + _intake!.LeftInPlace + received.WaitingOverhead;

    // Whoever has closed discards what comes. Others go on with what is little, so that those who hold little notice nothing.
    private bool MayAdd(long bytes) =>
        !Budget.IsExceeded || sends.Controls.HasClose || bytes == 0 || sends.Memory.Held + bytes <= Budget.MayHoldBeyond;

    private bool TryRead(ref ReadOnlySequence<byte> unread, bool isMuch, out Incoming incoming) =>
        isMuch && unread.Length > Portion ? TryReadPortions(ref unread, out incoming) : _intake!.TryRead(ref unread, out incoming);

    private bool TryReadPortions(ref ReadOnlySequence<byte> unread, out Incoming incoming)
    {
        while (unread.Length - _intake!.LeftInPlace > Portion)
        {
            var portion = unread.Slice(0, _intake.LeftInPlace + Portion);
            var found = _intake.TryRead(ref portion, out incoming);
            unread = unread.Slice(portion.Start);
            if (found)
            {
                return true;
            }

            _kept.Grow(KeptOf(unread), sends.Memory);
            if (!MayAdd(Portion))
            {
                _waitsForMemory = true;
                return false;
            }

            if (_intake.AwaitsDecision)
            {
                break;
            }
        }

        return _intake.TryRead(ref unread, out incoming);
    }

    // Those who hold more than their part are shed, and whoever is not goes on when that has helped.
    private async Task AwaitMemoryAsync()
    {
        while (HoldBack(_waitsForMemory && !owner.IsAborted && !sends.Controls.HasClose && Budget.IsExceeded))
        {
            Budget.WhenRelieved(received.SignalChange);
            await LookAwayAsync().ConfigureAwait(false);
        }

        Budget.Forget(received.SignalChange);
        _waitsForMemory = false;
    }
}
