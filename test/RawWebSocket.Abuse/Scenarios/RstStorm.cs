using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Connections that are reset at every stage: in the handshake, idle, in a frame, before an answer, under broadcast.</summary>
internal sealed class RstStorm : Scenario
{
    private const int Fewest = 1000;
    private const int Peers = 32;

    public override string Name => "rst-storm";

    public override string Abuse =>
        $"{Peers} connect, reset the connection in the handshake, idle, in a frame, before the echo or under broadcast, and come back";

    public override int MemoryCeiling => 128;

    public override TimeSpan Limit => TimeSpan.FromSeconds(10);

    public override Task AttackAsync(Attack attack) => attack.StormAsync(Peers, async number =>
    {
        var stage = number % 5;
        if (stage == 0)
        {
            var early = await attack.ConnectAsync();
            await early.SendAsync(RawClient.UpgradeRequest("/echo").AsMemory(0, 60), attack.End);
            early.Reset();
        }
        else if (await attack.OpenAsync(stage == 4 ? "/broadcast" : "/echo") is { } client)
        {
            await AdvanceAsync(attack, client, stage);
            client.Reset();
        }

        attack.Count("resets");
    });

    public override async Task DirectAsync(Stage stage)
    {
        await stage.Server.BroadcastAsync(1024, 100, stage.Cancellation);
        await stage.AwaitAttackersAsync();
        await stage.Server.QuietAsync(stage.Cancellation);
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.Demand($"at least {Fewest:N0} resets", seen.Saw("resets") >= Fewest, $"{seen.Saw("resets"):N0}");
        verdict.DemandCount("refused", 0, seen.SawAny("refused") + seen.SawAny("cut before"));
    }

    private static async Task AdvanceAsync(Attack attack, RawClient client, int stage)
    {
        switch (stage)
        {
            case 2:
                await client.SendAsync(ClientFrame.Of(Opcode.Binary, new byte[4096]).AsMemory(0, 2048), attack.End);
                break;
            case 3:
                await client.SendAsync(ClientFrame.Of(Opcode.Binary, new byte[4096]), attack.End);
                break;
            case 4:
                await client.ReadFrameAsync(attack.End);
                break;
        }
    }
}
