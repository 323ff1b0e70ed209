using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Pings as fast as the server takes them, from peers that read the pongs and from peers that do not.</summary>
internal sealed class PingFlood : Scenario
{
    private const int Peers = 10;
    private const int Burst = 64;
    private const int SmallBuffer = 4096;

    public override string Name => "ping-flood";

    public override string Abuse => $"{Peers} send pings as fast as they can, every other one reads no pong; they come back when closed";

    public override int MemoryCeiling => 64;

    public override TimeSpan Limit => TimeSpan.FromSeconds(10);

    public override Task AttackAsync(Attack attack)
    {
        var burst = ClientFrame.Repeat(ClientFrame.Of(Opcode.Ping, new byte[125]), Burst);
        return attack.StormAsync(Peers, async number =>
        {
            var isDeaf = number % 2 == 1;
            if (await attack.OpenAsync("/echo", isDeaf ? SmallBuffer : null) is { } client)
            {
                using (client)
                {
                    await (isDeaf ? FloodDeafAsync(attack, client, burst) : attack.FloodAsync(client, "reader", burst));
                }
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        var closed = seen.Saw("reader: close 1008");
        verdict.Demand("those who read are closed with 1008, every time", closed >= Peers / 2, $"{closed:N0}");
        verdict.DemandCount("those who read, ended in another way", 0, seen.SawOther("reader", 1008));
        var ended = seen.Saw("deaf: ended");
        verdict.Demand("those who do not read are ended", ended >= Peers / 2, $"{ended:N0}");
    }

    private static async Task FloodDeafAsync(Attack attack, RawClient client, byte[] burst)
    {
        while (await client.SendAsync(burst, attack.End))
        {
        }

        attack.Count("deaf: ended");
    }
}
