using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>How much time is taken for a comparison.</summary>
/// <param name="Rounds">How many rounds each row has, and asides a third of them; null for as many as the row says.</param>
/// <param name="ServerWarmUp">
/// What a new server is driven before anything is measured, so that it is compiled as it will be; again if it is not.
/// </param>
/// <param name="WarmUp">What each run of the load drives before it counts.</param>
/// <param name="Measured">What it counts.</param>
internal sealed record Effort(int? Rounds, TimeSpan ServerWarmUp, TimeSpan WarmUp, TimeSpan Measured)
{
    public static readonly Effort Full = new(null, Seconds(0.8), Seconds(0.2), Seconds(0.8)) { MostWarmUps = 6 };

    public static readonly Effort Quick = new(2, Seconds(0.8), Seconds(0.2), Seconds(0.6))
    {
        MostWarmUps = 2,
        Rows = ["64x16", "64x1", "broadcast-64", "storm", "idle"],
        MostConnections = 1000,
        MostRehearsals = 1,
        LeavesAsidesOut = true,
    };

    public static readonly Effort Smoke = new(1, Seconds(0.1), Seconds(0.1), Seconds(0.1))
    {
        Rows = ["64x16", "text", "broadcast-64", "get"],
        MostConnections = 50,
    };

    private static readonly TimeSpan AsideWarmUp = Seconds(0.5);

    /// <summary>After so many rounds other servers take over, in rows that vary by server.</summary>
    public const int RoundsPerServer = 4;

    /// <summary>The rows' names.</summary>
    public IReadOnlyList<string> Rows { get; init; } = [.. Comparing.Rows.All.Select(row => row.Name)];

    /// <summary>No row has more connections.</summary>
    public int MostConnections { get; private init; } = int.MaxValue;

    /// <summary>How often idle connections are rehearsed at most.</summary>
    public int MostRehearsals { get; private init; } = int.MaxValue;

    /// <summary>How often a server is warmed up at most.</summary>
    public int MostWarmUps { get; private init; } = 1;

    /// <summary>Whether asides are not measured at all.</summary>
    public bool LeavesAsidesOut { get; private init; }

    public int RoundsOf(Row row) => Rounds ?? row.Rounds;

    /// <param name="plan">The load.</param>
    /// <param name="isAside">Whether the server has stood idle for some rounds, and may have given back what it needs.</param>
    public LoadPlan Measuring(LoadPlan plan, bool isAside = false) => plan with
    {
        WarmUp = isAside ? AsideWarmUp : WarmUp,
        Duration = Measured,
        Connections = Math.Min(plan.Connections, MostConnections),
        Rehearsals = Math.Min(plan.Rehearsals, MostRehearsals),
    };

    public LoadPlan WarmingUp(LoadPlan plan) => Measuring(plan) with { Duration = ServerWarmUp };

    /// <summary>Who is measured in a round of a row.</summary>
    public IEnumerable<Contender> ContendersOf(Row row, int round) => LeavesAsidesOut ? row.Contenders : row.ContendersIn(round);

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
