using System.Buffers;
using RawWebSocket.Protocol;

namespace RawWebSocket.Connections.Receiving;

/// <content>Paying for what a read has brought, where there are limits of rates, before anything more is read.</content>
internal sealed partial class ReceiveLoop
{
    // Nothing more is looked at before so much has been paid for, however much one read has brought. What has begun to come out of the
    // decoder comes out, though: no other read would ask for it.
    private bool IsBatchOver(ReceiveRates? rates, in ReadOnlySequence<byte> unread) =>
        (HasWorkedEnough || (_intake!.Messages > 0 && rates?.IsBatchOver(_intake.Messages, _intake.MessageBytes) == true))
            && !IsExcusedFromPaying && !(unread.IsEmpty && _intake!.HasMore);

    // Who waits for the application's decision has to be asked again when there may be one.
    private bool HasWorkedEnough => _intake is { HasWorkedEnough: true, AwaitsDecision: false };

    // What comes behind this side's close, or is dropped with the connection, is not looked into. What a peer that has gone left behind
    // still is, and costs as much as before: until it has had CloseTimeout, and is aborted.
    private bool IsExcusedFromPaying => sends.Controls.HasClose || owner.IsAborted;

    private bool TryPay(long arrived)
    {
        var messages = _intake!.TakeMessages();
        return IsExcusedFromPaying || supplies.Rates is not { } rates || rates.TrySpend(messages, arrived);
    }

    // Nothing is read until what came is paid for, so TCP holds the peer back.
    private async Task<ProtocolFault?> SettleAsync(ReceiveRates rates, bool isExcused)
    {
        using var ending = new CancellationTokenSource();
        var settled = rates.SettleAsync(isExcused, ending.Token);
        while (HoldBack(rates.IsSettling && !IsExcusedFromPaying))
        {
            await LookAwayAsync().ConfigureAwait(false);
        }

        // A limiter of the application's own may not listen to the token.
        await ending.CancelAsync().ConfigureAwait(false);
        return IsExcusedFromPaying ? null : await settled.ConfigureAwait(false);
    }
}
