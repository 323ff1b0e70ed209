using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>
/// Larger messages, each of them lawful. A transport that always has more to read leaves its processor to nobody else, so it is the
/// limit that keeps the others served.
/// </summary>
internal sealed class ByteFlood : Scenario
{
    private const int Peers = 8;
    private const int Size = 16 * 1024;
    private const int Burst = 4;
    private const int Rate = 4;
    private const int Seconds = 8;

    // What lies in the buffers of the two kernels and of Kestrel when it is over.
    private const int Buffered = 16;

    public override string Name => "byte-flood";

    public override string Abuse => $"{Peers} send messages of 16 KiB as fast as they can";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:MaxBytesPerSecond"] = $"{Rate * 1024 * 1024}",
    };

    public override int MemoryCeiling => 96;

    public override TimeSpan Limit => TimeSpan.FromSeconds(Seconds);

    public override Task AttackAsync(Attack attack)
    {
        var burst = ClientFrame.Repeat(ClientFrame.Of(Opcode.Binary, new byte[Size]), Burst);
        return attack.CrowdAsync(Peers, async _ =>
        {
            if (await attack.OpenAsync("/silent") is { } client)
            {
                await attack.FloodAsync(client, "flooder", burst);
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("held back, and not closed", Peers, seen.Saw("flooder: still open"));
        verdict.DemandAtMost("taken from each", (Rate * (Seconds + 1)) + Buffered, Taken(seen), "MiB");
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"took {Taken(seen):N0} MiB from each, buffers included; ") + seen.Endings();

    private static double Taken(Evidence seen) => seen.Saw("bursts of flooder") * (double)Burst * Size / (1024 * 1024) / Peers;
}
