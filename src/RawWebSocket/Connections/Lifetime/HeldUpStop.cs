namespace RawWebSocket.Connections.Lifetime;

/// <summary>An endpoint that the host has waited for longer than it should while it stops.</summary>
/// <param name="Pattern">Which.</param>
/// <param name="Elapsed">How long so far.</param>
/// <param name="AreBeingTold">Whether it is OnStopping that has not come to its end; otherwise the connections have not.</param>
/// <param name="Connections">How many of its connections there are.</param>
/// <param name="Closed">How many of them are closed already, so that only the application's code is still running.</param>
internal sealed record HeldUpStop(string Pattern, TimeSpan Elapsed, bool AreBeingTold, int Connections, int Closed)
{
    /// <summary>Each endpoint of some connections that hold the stop up.</summary>
    public static IEnumerable<HeldUpStop> Of(IEnumerable<Connection> connections, TimeSpan elapsed, bool areBeingTold) => connections
        .GroupBy(static connection => connection.Pattern)
        .Select(endpoint => new HeldUpStop(
            endpoint.Key, elapsed, areBeingTold, endpoint.Count(), endpoint.Count(static connection => connection.IsCompleted)));
}
