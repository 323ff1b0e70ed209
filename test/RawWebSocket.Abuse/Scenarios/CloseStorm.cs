using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Connections that come only to go, with everything that a proper end takes.</summary>
internal sealed class CloseStorm : Scenario
{
    private const int Fewest = 1000;
    private const int Peers = 32;

    public override string Name => "close-storm";

    public override string Abuse => $"{Peers} connect, close with a handshake and connect again, as fast as they can";

    public override int MemoryCeiling => 128;

    public override TimeSpan Limit => TimeSpan.FromSeconds(10);

    public override Task AttackAsync(Attack attack) => attack.StormAsync(Peers, async _ =>
    {
        if (await attack.OpenAsync("/echo") is { } client)
        {
            using (client)
            {
                await client.SendAsync(ClientFrame.Close(1000), attack.End);
                await attack.SitOutAsync(client, "closer", Manners.None);
            }
        }
    });

    public override void Judge(Evidence seen, Verdict verdict)
    {
        var closed = seen.Saw("closer: close 1000");
        verdict.Demand($"at least {Fewest:N0} connections closed and answered with 1000", closed >= Fewest, $"{closed:N0}");
        verdict.DemandCount("ended in another way", 0, seen.SawAny("closer: cut"));
        verdict.DemandCount("refused", 0, seen.SawAny("refused") + seen.SawAny("cut before"));
    }
}
