using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>Everything that is compared.</summary>
internal static class Rows
{
    private const int KiB = 1024;
    private const int JsonSize = 1126;

    // Of a row in which nothing is demanded, of one whose rounds hardly differ, and of those whose rounds differ much.
    private const int FewRounds = 3;
    private const int FewestRounds = 2;
    private const int ManyRounds = 7;

    // Of a row that varies by server: as many of each process.
    private const int VaryingRounds = 3 * Effort.RoundsPerServer;

    private static readonly IReadOnlyList<Contender> Tuned = [Contender.TunedRaw, Contender.TunedFloor];

    // What each part of the tuning does, and direct sends.
    private static readonly IReadOnlyList<Contender> Parts =
    [
        Contender.Raw, Contender.BuiltIn, Contender.Piped,
        Contender.Blocks, Contender.Scheduling, Contender.Completions, Contender.Workstation,
    ];

    public static readonly IReadOnlyList<Row> All =
    [
        // First what calls the servers' code most often, so that it is compiled as it will be by the time that latencies are looked at.
        Echo("64x16", "64 B, 16 in flight", 64, inFlight: 16) with
        {
            VariesByServer = true,
            Rounds = VaryingRounds,
            Asides = Tuned,
            Goals = [.. Goal.Of(Metric.Cpu, 0.55, 1.10), Goal.Tuned(0.45)],
        },
        Echo("64x1", "64 B, 1 in flight", 64) with
        {
            VariesByServer = true,
            Rounds = VaryingRounds,
            Asides = [.. Tuned, Contender.ZeroByteReads],
            Goals = [.. Goal.Of(Metric.Cpu, 0.85, 1.05), .. Goal.Of(Metric.P99, 0.90, 1.10), Goal.Tuned(0.65)],
        },
        Echo("125x4", "125 B, 4 in flight", 125, inFlight: 4) with { Rounds = FewRounds },
        Echo("126x4", "126 B, 4 in flight", 126, inFlight: 4) with { Rounds = FewRounds },
        Echo("text", "1 KiB of text beyond ASCII, 4 in flight", KiB, inFlight: 4, kind: PayloadKind.Text) with { Rounds = FewRounds },
        Echo("4k", "4 KiB, 4 in flight", 4 * KiB, inFlight: 4) with { Rounds = FewRounds },
        Echo("16k", "16 KiB, 4 in flight", 16 * KiB, inFlight: 4) with
        {
            VariesByServer = true,
            Rounds = VaryingRounds,
            Asides = Tuned,
            Goals = [.. Goal.Of(Metric.Cpu, 0.80, 1.10), Goal.Tuned(0.42)],
        },
        Echo("256k", "256 KiB, 2 in flight, {0} connections", 256 * KiB, inFlight: 2, connections: 16) with { Rounds = FewRounds },
        Echo("1m", "1 MiB, 2 in flight, {0} connections", KiB * KiB, inFlight: 2, connections: 8) with
        {
            VariesByServer = true,
            Rounds = VaryingRounds,
            Asides = Tuned,
            Goals = [.. Goal.Of(Metric.Cpu, 0.85, 1.15), Goal.Tuned(0.35)],
        },
        Echo("4m", "4 MiB, 1 in flight, {0} connections", 4 * KiB * KiB, connections: 8) with { Rounds = FewRounds },
        OfParts(Echo("64x16-parts", "64 B, 16 in flight, with parts of the tuning", 64, inFlight: 16)),
        OfParts(Echo("16k-parts", "16 KiB, 4 in flight, with parts of the tuning", 16 * KiB, inFlight: 4)),
        Broadcast("broadcast-64", "64 B to {0:#,0} connections, each delivery", 64) with
        {
            Rounds = ManyRounds,
            Asides = [.. Tuned, Contender.Piped],
            Goals = [new Goal(Contender.Raw, Metric.Cpu, Contender.BuiltIn, 0.60)],
        },
        Broadcast("broadcast-4k", "4 KiB to {0:#,0} connections, each delivery", 4 * KiB) with { Rounds = FewRounds },
        new Row(
            "burst",
            "Bursts of 100 messages of 64 B to each of {0} connections, each message",
            new LoadPlan { Mode = LoadMode.Burst, Path = "/burst", Connections = 16 })
        {
            Contenders = [Contender.Raw, Contender.BuiltIn, Contender.Floor, Contender.Piped],
            Rounds = FewRounds,
        },
        Deflate("deflate-shared", "1.1 KiB of JSON, deflated each for itself, 4 in flight", DeflateMode.Shared) with { Rounds = FewRounds },
        Deflate(
            "deflate-shared-series",
            "1.1 KiB of JSON, every message another, deflated each for itself",
            DeflateMode.Shared,
            PayloadKind.JsonSeries) with
        {
            Rounds = FewRounds,
        },
        Deflate("deflate-dedicated", "1.1 KiB of JSON, deflated with takeover, 4 in flight", DeflateMode.Dedicated) with
        {
            Goals = [new Goal(Contender.Raw, Metric.Cpu, Contender.BuiltIn, 1.00)],
        },
        Deflate(
            "deflate-dedicated-series",
            "1.1 KiB of JSON, every message another, deflated with takeover",
            DeflateMode.Dedicated,
            PayloadKind.JsonSeries) with
        {
            Goals =
            [
                new Goal(Contender.Raw, Metric.Cpu, Contender.BuiltIn, 1.00),
                new Goal(Contender.Raw, Metric.Wire, Contender.BuiltIn, 1.03),
            ],
        },
        Spoken("spoken-plain", "{0:#,0} connections after 1.1 KiB of JSON, each", DeflateMode.Off, 6000),
        Spoken("spoken-shared", "{0:#,0} connections after 1.1 KiB of JSON, deflated each for itself, each", DeflateMode.Shared, 6000),
        Spoken("spoken-dedicated", "{0:#,0} connections after 1.1 KiB of JSON, with takeover, each", DeflateMode.Dedicated, 2000) with
        {
            Goals = [new Goal(Contender.Raw, Metric.Resident, Contender.BuiltIn, 0.25)],
        },
        new Row("storm", "{0:#,0} opening handshakes, 64 at once", new LoadPlan { Mode = LoadMode.Storm, Connections = 8000 })
        {
            Rounds = ManyRounds,
            Compared = Metric.Rate,
            Goals = Goal.Of(Metric.Rate, 1.00, 0.90),
        },
        new Row("idle", "{0:#,0} idle connections, each", new LoadPlan { Mode = LoadMode.Idle, Connections = 8000 })
        {
            Asides = [Contender.ZeroByteReads, Contender.TunedRaw, Contender.Workstation],
            Compared = Metric.Resident,
            Goals = Goal.Of(Metric.Resident, 0.72, 1.03),
        },
    ];

    /// <summary>The rows, with the rival in those that have one.</summary>
    public static IEnumerable<Row> With(Contender rival, IReadOnlyList<Row> rows) => rows.Any(row => row.HasRival)
        ? rows.Select(row => row.HasRival ? row with { Asides = [.. row.Asides, rival] } : row)
        : throw new ArgumentException(
            $"A rival takes part in the rows {string.Join(", ", All.Where(row => row.HasRival).Select(row => row.Name))} only.");

    /// <summary>The rows, each with RawWebSocket alone, as it is now and as another build has it.</summary>
    /// <param name="build">The assembly of that build of this program.</param>
    /// <param name="rows">The rows.</param>
    public static IEnumerable<Row> Against(string build, IReadOnlyList<Row> rows) =>
        from row in rows
        let contenders = row.Asides.Contains(Contender.TunedRaw) ? new[] { Contender.Raw, Contender.TunedRaw } : [Contender.Raw]
        select row with
        {
            Contenders = [.. contenders.SelectMany(contender => (Contender[])[contender, contender.Before(build)])],
            Asides = [],
            Goals = [.. contenders.Select(contender => Goal.NoWorse(contender, row.Compared, contender.Before(build)))],
        };

    public static Row Find(string name) =>
        All.FirstOrDefault(row => row.Name == name)
        ?? throw new ArgumentException($"There is no row '{name}', but {string.Join(", ", All.Select(row => row.Name))}.");

    private static Row Echo(
        string name, string title, int size, int inFlight = 1, int connections = 64, PayloadKind kind = PayloadKind.Binary) =>
        new(name, title, new LoadPlan { Size = size, InFlight = inFlight, Connections = connections, Payload = kind });

    private static Row OfParts(Row row) => row with { Contenders = Parts, Rounds = FewRounds };

    // The floor does not compress.
    private static Row Deflate(string name, string title, DeflateMode compression, PayloadKind kind = PayloadKind.Json) => new(
        name,
        title,
        new LoadPlan { Size = JsonSize, InFlight = 4, Payload = kind, Compression = compression })
    {
        Contenders = [Contender.Raw, Contender.BuiltIn],
    };

    // So many connections that what the process loads once counts for little.
    private static Row Spoken(string name, string title, DeflateMode compression, int connections) => new(
        name,
        title,
        new LoadPlan
        {
            Mode = LoadMode.Spoken,
            Connections = connections,
            Size = JsonSize,
            Payload = PayloadKind.Json,
            Compression = compression,
            Rehearsals = 1,
        })
    {
        Contenders = [Contender.Raw, Contender.BuiltIn],
        Compared = Metric.Resident,
        Rounds = FewestRounds,
    };

    private static Row Broadcast(string name, string title, int size) =>
        new(name, title, new LoadPlan { Mode = LoadMode.Broadcast, Path = "/broadcast", Size = size, Connections = 1000 });
}
