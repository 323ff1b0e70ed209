using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>What the load generator does; bounded in time and in number.</summary>
internal sealed record LoadPlan
{
    private const int MostConnections = 20_000;
    private const int MostRehearsals = 10;
    private const int LongestOfBurst = 1024;
    private const int LongestMessage = 16 * 1024 * 1024;
    private static readonly TimeSpan LongestTime = TimeSpan.FromMinutes(2);

    /// <summary>How many messages a server answers with at <c>/burst</c>.</summary>
    public const int BurstLength = 100;

    public LoadMode Mode { get; init; }

    public string Path { get; init; } = "/echo";

    public int Connections { get; init; } = 64;

    /// <summary>How many messages each connection has under way.</summary>
    public int InFlight { get; init; } = 1;

    /// <summary>The payload's length in bytes.</summary>
    public int Size { get; init; } = 64;

    public PayloadKind Payload { get; init; }

    public DeflateMode Compression { get; init; }

    /// <summary>
    /// How often some connections open and close before memory is looked at. Code is compiled in three steps, to each of which some calls
    /// and a quiet moment lead, and what is compiled later counts as idle connections' memory.
    /// </summary>
    public int Rehearsals { get; init; } = 3;

    /// <summary>How long the load runs before anything is counted.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long is counted.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(3);

    public static LoadPlan From(Arguments arguments)
    {
        var plan = new LoadPlan();
        plan = plan with
        {
            Mode = arguments.OneOf("--mode", plan.Mode),
            Path = arguments.ValueOf("--path") ?? plan.Path,
            Connections = arguments.CountOf("--connections", plan.Connections),
            InFlight = arguments.CountOf("--in-flight", plan.InFlight),
            Size = arguments.CountOf("--size", plan.Size),
            Payload = arguments.OneOf("--payload", plan.Payload),
            Compression = arguments.OneOf("--deflate", plan.Compression),
            Rehearsals = arguments.CountOf("--rehearsals", plan.Rehearsals),
            WarmUp = TimeSpan.FromSeconds(arguments.NumberOf("--warm-up", plan.WarmUp.TotalSeconds)),
            Duration = TimeSpan.FromSeconds(arguments.NumberOf("--seconds", plan.Duration.TotalSeconds)),
        };
        return plan.IsBounded
            ? plan
            : throw new ArgumentException(
                $"At most {MostConnections} connections, {LongestMessage} bytes in flight on each, {LongestTime.TotalSeconds} seconds, "
                + $"{MostRehearsals} rehearsals, and at least one of each; of a burst, one of {LongestOfBurst} bytes, always the same.");
    }

    public string[] ToArguments(int port) =>
    [
        "load", "--port", $"{port}", "--mode", $"{Mode}", "--path", Path, "--connections", $"{Connections}", "--in-flight", $"{InFlight}",
        "--size", $"{Size}", "--payload", $"{Payload}", "--deflate", $"{Compression}",
        "--rehearsals", $"{Rehearsals}", "--warm-up", $"{WarmUp.TotalSeconds}", "--seconds", $"{Duration.TotalSeconds}",
    ];

    private bool IsBounded =>
        (Mode != LoadMode.Burst || (InFlight == 1 && Size <= LongestOfBurst && Payload != PayloadKind.JsonSeries))
        && Connections is > 0 and <= MostConnections && InFlight > 0 && Size > 0 && (long)InFlight * Size <= LongestMessage
        && Rehearsals is > 0 and <= MostRehearsals && WarmUp <= LongestTime && Duration <= LongestTime;
}
