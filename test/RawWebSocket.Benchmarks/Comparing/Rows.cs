using RawWebSocket.Benchmarks.Loading;
using RawWebSocket.Benchmarks.Serving;

namespace RawWebSocket.Benchmarks.Comparing;

/// <summary>Everything that is compared.</summary>
internal static class Rows
{
    private const int KiB = 1024;
    private const int JsonSize = 1126;

    // Of a row in which nothing is demanded, of one whose rounds hardly differ, and of those in which the hosts are judged.
    private const int FewRounds = 3;
    private const int FewestRounds = 2;
    private const int ManyRounds = 9;

    // Of a row that varies by server: as many of each process.
    private const int VaryingRounds = 3 * Effort.RoundsPerServer;

    private static readonly IReadOnlyList<Contender> Everybody =
        [Contender.Raw, Contender.Transport, Contender.BuiltIn, Contender.Rival];

    private static readonly IReadOnlyList<Contender> Floors = [Contender.Floor, Contender.TransportFloor];

    public static readonly IReadOnlyList<Row> All =
    [
        // First what calls the servers' code most often, so that it is compiled as it will be by the time that latencies are looked at.
        Judged(Echo("64x16", "64 B, 16 in flight", 64, inFlight: 16)) with
        {
            Asides = Floors,
            Goals = [Goal.Transport(Metric.Cpu, 1.25), Goal.Default(Metric.Cpu, 0.60)],
        },
        Judged(Echo("64x1", "64 B, 1 in flight", 64)) with
        {
            Asides = Floors,
            Goals =
            [
                Goal.Transport(Metric.Cpu, 1.10),
                Goal.Transport(Metric.P99, 1.05),
                Goal.Default(Metric.Cpu, 0.90),
                Goal.Default(Metric.P99, 1.00),
            ],
        },
        Echo("125x4", "125 B, 4 in flight", 125, inFlight: 4) with { Rounds = FewRounds },
        Echo("126x4", "126 B, 4 in flight", 126, inFlight: 4) with { Rounds = FewRounds },
        Echo("text", "1 KiB of text beyond ASCII, 4 in flight", KiB, inFlight: 4, kind: PayloadKind.Text) with { Rounds = FewRounds },
        Echo("4k", "4 KiB, 4 in flight", 4 * KiB, inFlight: 4) with { Contenders = Everybody, Rounds = FewRounds },
        Judged(Echo("16k", "16 KiB, 4 in flight", 16 * KiB, inFlight: 4)) with
        {
            Goals = [Goal.Transport(Metric.Cpu, 0.95), Goal.Default(Metric.Cpu, 0.80)],
        },
        Echo("256k", "256 KiB, 2 in flight, {0} connections", 256 * KiB, inFlight: 2, connections: 16) with { Rounds = FewRounds },
        Judged(Echo("1m", "1 MiB, 2 in flight, {0} connections", KiB * KiB, inFlight: 2, connections: 8)) with
        {
            Goals = [Goal.Transport(Metric.Cpu, 1.05), Goal.Default(Metric.Cpu, 0.90)],
        },
        Echo("4m", "4 MiB, 1 in flight, {0} connections", 4 * KiB * KiB, connections: 8) with { Rounds = FewRounds },
        Broadcast("broadcast-64", "64 B to {0:#,0} connections, each delivery", 64) with
        {
            Contenders = Everybody,
            Rounds = ManyRounds,
            Asides = [Contender.Floor],
            Goals = [Goal.Transport(Metric.Cpu, 1.08), Goal.Default(Metric.Cpu, 0.90)],
        },
        Broadcast("broadcast-4k", "4 KiB to {0:#,0} connections, each delivery", 4 * KiB) with
        {
            Contenders = Everybody,
            Rounds = FewRounds,
        },
        new Row(
            "burst",
            "Bursts of 100 messages of 64 B to each of {0} connections, each message",
            new LoadPlan { Mode = LoadMode.Burst, Path = "/burst", Connections = 16 })
        {
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
        new Row(
            "get",
            "Plain HTTP GET, {0} connections, each request",
            new LoadPlan { Mode = LoadMode.Get, Path = HttpEngine.Path })
        {
            Contenders = [Contender.Http, Contender.TransportHttp],
            VariesByServer = true,
            Rounds = VaryingRounds,
            Goals = [new Goal(Contender.TransportHttp, Metric.Cpu, Contender.Http, 1.05)],
        },
        new Row("storm", "{0:#,0} opening handshakes, 64 at once", new LoadPlan { Mode = LoadMode.Storm, Connections = 8000 })
        {
            Rounds = ManyRounds,
            Asides = [Contender.Floor, Contender.Rival],
            Compared = Metric.Rate,
            Goals = [new Goal(Contender.Transport, Metric.Rate, Contender.Raw, 1.00), Goal.Default(Metric.Rate, 1.00)],
        },
        new Row("idle", "{0:#,0} idle connections, each", new LoadPlan { Mode = LoadMode.Idle, Connections = 8000 })
        {
            Rounds = ManyRounds,
            Asides = [Contender.Floor, Contender.ZeroByteReads, Contender.Rival],
            Compared = Metric.Resident,
            Goals = [new Goal(Contender.Transport, Metric.Resident, null, 2.00), Goal.Default(Metric.Resident, 0.75)],
        },
    ];

    /// <summary>The rows, with this program as the rival in those that have one; without one, when it is null.</summary>
    public static IEnumerable<Row> With(string? rival, IReadOnlyList<Row> rows) => rival is null || rows.Any(row => row.HasRival)
        ? rows.Select(row => row.With(rival))
        : throw new ArgumentException(
            $"A rival takes part in the rows {string.Join(", ", All.Where(row => row.HasRival).Select(row => row.Name))} only.");

    /// <summary>The rows, each with what is ours alone, as it is now and as another build has it.</summary>
    /// <param name="build">The assembly of that build of this program.</param>
    /// <param name="rows">The rows.</param>
    public static IEnumerable<Row> Against(string build, IReadOnlyList<Row> rows) =>
        from row in rows
        let ours = row.Contenders.Where(static contender => contender.IsOurs).ToList()
        select row with
        {
            Contenders = [.. ours.SelectMany(contender => (Contender[])[contender, contender.Before(build)])],
            Asides = [],
            Goals = [.. ours.Select(contender => Goal.NoWorse(contender, row.Compared, contender.Before(build)))],
        };

    public static Row Find(string name) =>
        All.FirstOrDefault(row => row.Name == name)
        ?? throw new ArgumentException($"There is no row '{name}', but {string.Join(", ", All.Select(row => row.Name))}.");

    private static Row Echo(
        string name, string title, int size, int inFlight = 1, int connections = 64, PayloadKind kind = PayloadKind.Binary) =>
        new(name, title, new LoadPlan { Size = size, InFlight = inFlight, Connections = connections, Payload = kind });

    private static Row Judged(Row row) => row with
    {
        Contenders = Everybody,
        Asides = [Contender.Floor],
        VariesByServer = true,
        Rounds = VaryingRounds,
    };

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
