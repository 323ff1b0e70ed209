using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Messages that begin and do not end, from peers that are alive by every other sign.</summary>
internal sealed class MessageSlowloris : Scenario
{
    private const int Dribblers = 500;
    private const int Hoarders = 500;
    private const int Claimed = 64 * 1024;
    private const int FirstPart = 16 * 1024;

    public override string Name => "message-slowloris";

    public override string Abuse =>
        $"{Dribblers} send a message a byte a second after its first 16 KiB, {Hoarders} a first fragment of 16 KiB and then only pongs";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:MessageTimeout"] = "00:00:05",
        ["WebSockets:KeepAliveInterval"] = "00:00:02",
    };

    // What has arrived of a message is kept: that is what the limit of time bounds.
    public override int MemoryCeiling => 96;

    public override TimeSpan Limit => TimeSpan.FromSeconds(20);

    public override async Task AttackAsync(Attack attack) => await Task.WhenAll(
        attack.CrowdAsync(Dribblers, async _ =>
        {
            if (await attack.OpenAsync("/echo") is { } client)
            {
                var ended = attack.SitOutAsync(client, "dribbler", Manners.None);
                await client.SendAsync(ClientFrame.Header(Opcode.Binary, Claimed), attack.End);
                await client.SendAsync(new byte[FirstPart], attack.End);
                await client.DribbleAsync(new byte[Claimed - FirstPart], ended);
                await ended;
            }
        }),
        attack.CrowdAsync(Hoarders, async _ =>
        {
            if (await attack.OpenAsync("/echo") is { } client)
            {
                await client.SendAsync(ClientFrame.Of(Opcode.Binary, new byte[FirstPart], isFinal: false), attack.End);
                await attack.SitOutAsync(client, "hoarder", Manners.AnswersPings);
            }
        }));

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("dribblers closed with 1008", Dribblers, seen.Saw("dribbler: close 1008"));
        verdict.DemandCount("hoarders closed with 1008", Hoarders, seen.Saw("hoarder: close 1008"));
    }
}
