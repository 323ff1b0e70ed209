namespace RawWebSocket.Abuse.Reporting;

/// <summary>A scenario's line of the report.</summary>
/// <param name="Name">The scenario.</param>
/// <param name="Abuse">What the attackers did.</param>
/// <param name="Settings">The settings that were not the defaults.</param>
/// <param name="Response">What the server did.</param>
/// <param name="Memory">Its peak.</param>
/// <param name="Canary">The well-behaved client's round trips.</param>
/// <param name="Took">How long all of it took.</param>
/// <param name="Verdict">What was demanded.</param>
internal sealed record Outcome(
    string Name, string Abuse, string Settings, string Response, string Memory, string Canary, TimeSpan Took, Verdict Verdict);
