using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Peers that never answer the server's close frame, some of which go on talking.</summary>
internal sealed class DeafToClose : Scenario
{
    private const int Peers = 1000;

    public override string Name => "deaf-to-close";

    public override string Abuse => $"{Peers:N0} are closed by the server and never answer; every other one goes on sending messages";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:CloseTimeout"] = "00:00:03",
    };

    public override int MemoryCeiling => 64;

    public override TimeSpan Limit => TimeSpan.FromSeconds(15);

    public override Task AttackAsync(Attack attack)
    {
        var message = ClientFrame.Of(Opcode.Text, "and another thing"u8);
        return attack.CrowdAsync(Peers, async number =>
        {
            if (await attack.OpenAsync("/farewell") is { } client)
            {
                await client.SendAsync(message, attack.End);
                var ended = attack.SitOutAsync(client, "deaf", Manners.None);
                while (number % 2 == 0 && !ended.IsCompleted && await client.SendAsync(message, CancellationToken.None))
                {
                    await Task.WhenAny(ended, Task.Delay(50));
                }

                await ended;
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("given 1000 and cut in time", Peers, seen.Saw("deaf: close 1000"));
        verdict.DemandCount("closures told", Peers, seen.Ended(""));
    }
}
