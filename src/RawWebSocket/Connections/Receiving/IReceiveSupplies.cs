namespace RawWebSocket.Connections.Receiving;

/// <summary>
/// What a receive loop needs now and then, made when it is first asked for: an idle connection holds none of it, and what an endpoint's
/// connections have in common is asked for.
/// </summary>
internal interface IReceiveSupplies
{
    /// <summary>How much may wait for the application, in bytes.</summary>
    long ReceiveAheadBytes { get; }

    /// <summary>What the peer may send in a second; null when there is no limit.</summary>
    ReceiveRates? Rates { get; }

    /// <summary>What reads this connection's messages, for as long as something is under way.</summary>
    /// <param name="finished">How many things have been finished before.</param>
    MessageIntake RentIntake(long finished);

    /// <summary>What takes this connection's pings and pongs.</summary>
    ControlFrames MakeControls();
}
