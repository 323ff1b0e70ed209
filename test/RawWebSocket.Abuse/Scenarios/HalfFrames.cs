using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Frames that stop in the middle: in the header, the masking key, the payload, in a control frame. Nothing follows.</summary>
internal sealed class HalfFrames : Scenario
{
    private const int Peers = 1000;

    public override string Name => "half-frames";

    public override string Abuse =>
        $"{Peers:N0} stop in the middle of a frame's header, key or payload, or of a ping, and hold it for ever";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:KeepAliveInterval"] = "00:00:03",
        ["WebSockets:KeepAliveTimeout"] = "00:00:03",
    };

    public override int MemoryCeiling => 64;

    public override TimeSpan Limit => TimeSpan.FromSeconds(20);

    public override Task AttackAsync(Attack attack) => attack.CrowdAsync(Peers, async number =>
    {
        if (await attack.OpenAsync("/echo") is { } client)
        {
            await client.SendAsync(HalfOfAFrame(number), attack.End);
            await attack.SitOutAsync(client, "half frame", Manners.None);
        }
    });

    public override void Judge(Evidence seen, Verdict verdict) => verdict.DemandCount(
        "half frames cut or closed with 1008", Peers, seen.Saw("half frame: cut") + seen.Saw("half frame: close 1008"));

    private static byte[] HalfOfAFrame(int number)
    {
        var message = ClientFrame.Of(Opcode.Binary, new byte[4096]);
        return (number % 5) switch
        {
            0 => message[..1],
            1 => message[..3],
            2 => message[..6],
            3 => message[..2048],
            _ => ClientFrame.Of(Opcode.Ping, new byte[100])[..50],
        };
    }
}
