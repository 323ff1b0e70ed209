namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>What has to hold of a round.</summary>
internal enum Rule
{
    /// <summary>RFC 6455 sections 5.2 and 5.5: a frame's header says what it may.</summary>
    FramesAreWellFormed,

    /// <summary>Section 5.4: between the fragments of a message there are only control frames.</summary>
    MessagesAreNotInterleaved,

    /// <summary>What ends with a close frame has no half frame and, unless interrupted, no half message.</summary>
    NothingIsCut,

    /// <summary>A close that was told to have left has arrived.</summary>
    TheCloseArrives,

    /// <summary>It says what one of those said who closed.</summary>
    TheCloseIsSomebodys,

    /// <summary>Section 5.5.1: nothing follows the close frame.</summary>
    NothingFollowsTheClose,

    /// <summary>What arrives was sent by somebody.</summary>
    WhatArrivesWasSent,

    /// <summary>All its bytes are those that were sent. Of half a frame as well: nothing follows it.</summary>
    WhatArrivesIsWhole,

    NothingArrivesTwice,

    WhatWasCancelledDoesNotArrive,

    /// <summary>Nor does what was told to be dropped, closed or given back.</summary>
    WhatWasRefusedDoesNotArrive,

    WhatWasSentArrives,

    /// <summary>Unless a newer one has its place, or it was dropped for a slow reader.</summary>
    WhatWasPostedArrives,

    /// <summary>What was asked for after another's place was settled comes after it, whoever asked.</summary>
    TheOrderIsKept,

    /// <summary>Unless it had to wait and so many newer ones did that it need not be kept.</summary>
    ControlsArrive,

    NothingIsTakenAfterTheEnd,

    NothingIsRefusedBeforeTheEnd,

    EverythingEnds,

    NothingThrows,

    /// <summary>As many posts are missing as were told to be dropped.</summary>
    DropsAreTold,

    /// <summary>A failure is told, and none where there was none.</summary>
    FailuresAreTold,

    /// <summary>Bytes and messages that were counted are those that arrive.</summary>
    WhatIsCountedArrives,

    NoMemoryIsHeld,

    NothingIsBuffered,

    /// <summary>Not the output, which is used by one at a time and not any more when it has failed, nor the peer, nor a thread.</summary>
    NobodyComplains,
}

/// <summary>A rule that does not hold.</summary>
internal sealed record Fault(Rule Rule, string Detail)
{
    public override string ToString() => $"{Rule}: {Detail}";
}
