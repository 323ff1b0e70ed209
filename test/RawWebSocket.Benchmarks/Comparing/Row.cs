using System.Globalization;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>One load, and who has to bear it.</summary>
/// <param name="Name">For the command line.</param>
/// <param name="Title">For the table; {0} stands for the number of connections.</param>
/// <param name="Plan">What the load is.</param>
internal sealed record Row(string Name, string Title, LoadPlan Plan)
{
    private const int AsideEvery = 3;

    /// <summary>The title, with the number of connections that it was measured with.</summary>
    public string TitleWith(int connections) => string.Format(CultureInfo.InvariantCulture, Title, connections);

    /// <summary>Who is measured in each round; the rival only if there is one.</summary>
    public IReadOnlyList<Contender> Contenders { get; init; } = [Contender.Raw, Contender.Transport, Contender.BuiltIn];

    /// <summary>Who is measured in every third round only, to save time.</summary>
    public IReadOnlyList<Contender> Asides { get; init; } = [];

    /// <summary>What is compared with the built-in, with the floor and with the rival.</summary>
    public Metric Compared { get; init; } = Metric.Cpu;

    /// <summary>What must come of it.</summary>
    public IReadOnlyList<Goal> Goals { get; init; } = [];

    /// <summary>How many rounds it has, unless somebody says otherwise.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>
    /// Whether it is measured on several processes of each server, because one is faster than the next, as its threads and its code have
    /// come to lie.
    /// </summary>
    public bool VariesByServer { get; init; }

    /// <summary>Whether each measurement wants a server that has done nothing before.</summary>
    public bool WantsFreshServer => Plan.Mode is LoadMode.Idle or LoadMode.Spoken;

    /// <summary>Whether somebody else's server takes part, if there is one.</summary>
    public bool HasRival => Contenders.Concat(Asides).Any(static contender => contender.IsRival);

    /// <summary>The row with this program as the rival; without one, nobody takes its place, and what is to be judged by it is not.</summary>
    public Row With(string? rival) => this with
    {
        Contenders = Seat(Contenders, rival),
        Asides = Seat(Asides, rival),
        Goals = rival is null
            ? Goals
            : [.. Goals.Select(goal => goal.Against is { IsRival: true } against ? goal with { Against = against.At(rival) } : goal)],
    };

    /// <summary>Who is measured in a round; the first is 1.</summary>
    public IEnumerable<Contender> ContendersIn(int round) => round % AsideEvery == 1 ? [.. Contenders, .. Asides] : Contenders;

    private static IReadOnlyList<Contender> Seat(IReadOnlyList<Contender> contenders, string? rival) => rival is null
        ? [.. contenders.Where(static contender => !contender.IsRival)]
        : [.. contenders.Select(contender => contender.IsRival ? contender.At(rival) : contender)];
}
