using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>What is known when a scenario is over.</summary>
/// <param name="Stage">The attackers' counts and what was measured.</param>
/// <param name="Before">The server before.</param>
/// <param name="After">The server afterwards; as last seen when it has ended.</param>
internal sealed record Evidence(Stage Stage, ServerStats Before, ServerStats After)
{
    /// <summary>How often the attackers saw it.</summary>
    public long Saw(string what) => Stage.Counts.GetValueOrDefault(what);

    /// <summary>How often attackers saw something whose name starts so.</summary>
    public long SawAny(string prefix) =>
        Stage.Counts.Where(count => count.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(count => count.Value);

    /// <summary>
    /// How often such attackers ended in a way that is none of these, apart from those whom the end of the attack found in the middle.
    /// </summary>
    public long SawOther(string who, params int[] closeCodes)
    {
        var expected = closeCodes.SelectMany(code => new[] { new Ending(code, true), new Ending(code, false) });
        return SawAny($"{who}: ") - Saw($"{who}: {new Ending(null, false)}") - expected.Sum(ending => Saw($"{who}: {ending}"));
    }

    /// <summary>How many connections the server's handlers were told of that ended in a way whose name starts so.</summary>
    public long Ended(string prefix) =>
        After.Closures.Where(closure => closure.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(closure => closure.Value)
        - Before.Closures.Where(closure => closure.Key.StartsWith(prefix, StringComparison.Ordinal)).Sum(closure => closure.Value);

    /// <summary>How the server's connections ended, in words.</summary>
    public string Endings()
    {
        var endings = After.Closures
            .Select(closure => (Name: closure.Key, Count: closure.Value - Before.Closures.GetValueOrDefault(closure.Key)))
            .Where(closure => closure.Count > 0)
            .OrderByDescending(closure => closure.Count)
            .Select(closure => FormattableString.Invariant($"{closure.Count:N0} × {closure.Name}"));
        return string.Join(", ", endings);
    }
}
