using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Lawful messages as fast as the default options let them in: nobody is in the wrong, and nobody else may wait for it to end.</summary>
internal sealed class ByteFlood : Scenario
{
    private const int Peers = 8;
    private const int Size = 16 * 1024;
    private const int Burst = 4;

    public override string Name => "byte-flood";

    public override string Abuse => $"{Peers} send messages of 16 KiB as fast as they can";

    public override int MemoryCeiling => 96;

    public override TimeSpan Limit => TimeSpan.FromSeconds(8);

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

    public override void Judge(Evidence seen, Verdict verdict) =>
        verdict.DemandCount("served, and not closed", Peers, seen.Saw("flooder: still open"));

    public override string Describe(Evidence seen)
    {
        var rate = seen.Saw("bursts of flooder") * Burst * Size / (1024.0 * 1024) / Limit.TotalSeconds;
        return FormattableString.Invariant($"took {rate:N0} MiB a second; ") + seen.Endings();
    }
}
