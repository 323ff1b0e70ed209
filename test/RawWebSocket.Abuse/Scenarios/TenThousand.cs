using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Ten thousand connections that come, idle through some keep-alive pings, and leave all at once, politely or not.</summary>
internal sealed class TenThousand : Scenario
{
    private const int Peers = 10_000;
    private const double IdleSeconds = 10;
    private const double LeavingSeconds = 3;
    private const double KiB = 1024;

    public override string Name => "ten-thousand";

    public override string Abuse =>
        $"{Peers:N0} connect, idle for {IdleSeconds} s and leave within {LeavingSeconds} s: a third with a close, a third FIN, a third RST";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:KeepAliveInterval"] = "00:00:04",
    };

    // 25 KiB each; Kestrel's own connection takes about 11 of them, and what the handshakes left for the collector a few.
    public override int MemoryCeiling => 250;

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    public override Task AttackAsync(Attack attack) => attack.CrowdAsync(Peers, async number =>
    {
        using var client = await attack.OpenAsync("/silent");
        attack.TakePosition(Peers);
        if (client is null)
        {
            return;
        }

        var reading = client.ReadToEndAsync(Manners.AnswersPings, attack.End);
        if (await Task.WhenAny(reading, attack.Released) == reading)
        {
            attack.Count("idle", await reading);
            return;
        }

        await Task.Delay(TimeSpan.FromSeconds(LeavingSeconds * Random.Shared.NextDouble()));
        attack.Count("left");
        switch (number % 3)
        {
            case 0:
                await client.SendAsync(ClientFrame.Close(1001), attack.End);
                attack.Count("closer", await reading);
                break;
            case 1:
                client.Reset();
                break;
        }
    });

    public override async Task DirectAsync(Stage stage)
    {
        var before = stage.Server.ReadResidentBytes();
        await stage.AwaitHoldingAsync();
        await stage.PauseAsync(IdleSeconds);
        stage.Measured["open"] = await stage.CountOpenAsync();
        stage.Measured["KiB each"] = (stage.Server.ReadResidentBytes() - before) / KiB / Peers;
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("open at once", Peers, (long)seen.Stage.Measured["open"]);
        verdict.DemandCount("left when they wanted to", Peers, seen.Saw("left"));
        verdict.DemandCount("closers answered with 1001", (Peers + 2) / 3, seen.Saw("closer: close 1001"));
        verdict.DemandCount("closures told", Peers, seen.Ended(""));
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"{seen.Stage.Measured["open"]:N0} open at once, {seen.Stage.Measured["KiB each"]:0.0} KiB each; ")
        + seen.Endings();
}
