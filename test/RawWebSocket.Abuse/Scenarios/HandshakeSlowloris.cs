using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Connections that never come to the end of their opening handshake. It is still HTTP, so these limits are Kestrel's.</summary>
internal sealed class HandshakeSlowloris : Scenario
{
    private const int Dribblers = 800;
    private const int Mutes = 200;
    private const int Babblers = 50;

    public override string Name => "handshake-slowloris";

    public override string Abuse =>
        $"{Dribblers} send the opening handshake a byte a second, {Mutes} nothing at all, {Babblers} headers without end";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["Kestrel:Limits:RequestHeadersTimeout"] = "00:00:05",
        ["Kestrel:Limits:KeepAliveTimeout"] = "00:00:05",
    };

    public override int MemoryCeiling => 64;

    public override async Task AttackAsync(Attack attack) => await Task.WhenAll(
        attack.CrowdAsync(Dribblers, async _ =>
        {
            using var client = await attack.ConnectAsync();
            var answered = AnswerAsync(attack, client, "dribbler");
            await client.DribbleAsync(RawClient.UpgradeRequest("/echo"), answered);
            await answered;
        }),
        attack.CrowdAsync(Mutes, async _ =>
        {
            using var client = await attack.ConnectAsync();
            await AnswerAsync(attack, client, "mute");
        }),
        attack.CrowdAsync(Babblers, async _ =>
        {
            using var client = await attack.ConnectAsync();
            var answered = AnswerAsync(attack, client, "babbler");
            await client.SendAsync("GET /echo HTTP/1.1\r\nHost: 127.0.0.1\r\n"u8.ToArray(), attack.End);
            while (!answered.IsCompleted && await client.SendAsync("X-More: and more, and more, and more\r\n"u8.ToArray(), attack.End))
            {
            }

            await answered;
        }));

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("dribblers answered 408", Dribblers, seen.Saw("dribbler: 408"));
        verdict.DemandCount("mutes cut", Mutes, seen.Saw("mute: cut"));
        verdict.DemandCount("babblers answered 431 or cut", Babblers, seen.Saw("babbler: 431") + seen.Saw("babbler: cut"));
        verdict.DemandCount("WebSockets opened", 0, seen.After.Open - seen.Before.Open);
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"{seen.Saw("dribbler: 408"):N0} × 408, {seen.Saw("babbler: 431"):N0} × 431, ")
        + FormattableString.Invariant($"{seen.Saw("mute: cut") + seen.Saw("babbler: cut"):N0} cut");

    private static async Task AnswerAsync(Attack attack, RawClient client, string who)
    {
        try
        {
            var status = await client.ReadStatusAsync(attack.End);
            attack.Count(status == 0 ? $"{who}: cut" : $"{who}: {status}");
        }
        catch (OperationCanceledException)
        {
            attack.Count($"{who}: still open");
        }
    }
}
