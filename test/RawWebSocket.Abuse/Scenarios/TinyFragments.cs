using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>One message in fragments so small, or empty, that their number and not their size is the weapon.</summary>
internal sealed class TinyFragments : Scenario
{
    private const int Peers = 8;
    private const int Burst = 256;

    public override string Name => "tiny-fragments";

    public override string Abuse => $"{Peers} send 64-byte fragments without end, every other one empty ones; they come back when closed";

    public override int MemoryCeiling => 128;

    public override TimeSpan Limit => TimeSpan.FromSeconds(10);

    public override Task AttackAsync(Attack attack)
    {
        var kinds = new[] { BurstOf(64), BurstOf(0) };
        return attack.StormAsync(Peers, async number =>
        {
            if (await attack.OpenAsync("/echo") is { } client)
            {
                using (client)
                {
                    await client.SendAsync(ClientFrame.Of(Opcode.Binary, [], isFinal: false), attack.End);
                    await attack.FloodAsync(client, number % 2 == 0 ? "64 bytes" : "empty", kinds[number % 2]);
                }
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        foreach (var who in (string[])["64 bytes", "empty"])
        {
            var closed = seen.Saw($"{who}: close 1008") + seen.Saw($"{who}: close 1009");
            verdict.Demand($"fragments, {who}: closed with 1008 or 1009, every time", closed >= Peers / 2, $"{closed:N0}");
            verdict.DemandCount($"fragments, {who}: ended in another way", 0, seen.SawOther(who, 1008, 1009));
        }
    }

    private static byte[] BurstOf(int size) =>
        ClientFrame.Repeat(ClientFrame.Of(Opcode.Continuation, new byte[size], isFinal: false), Burst);
}
