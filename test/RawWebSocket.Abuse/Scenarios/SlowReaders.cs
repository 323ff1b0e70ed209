using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Members of a group that is broadcast to, who stop reading all at once.</summary>
internal sealed class SlowReaders : Scenario
{
    private const int Readers = 1000;

    // What the kernel takes for the peer comes on top of what the server queues; a small buffer reaches the limit sooner.
    private const int SmallBuffer = 4096;
    private const double Seconds = 20;

    public override string Name => "slow-readers";

    public override string Abuse => $"{Readers:N0} stop reading under a broadcast of 6 messages of 32 KiB a second";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:MaxQueuedBytes"] = "262144",
        ["WebSockets:SendTimeout"] = "00:00:05",
    };

    // A thousand times what may be queued would be 250 MiB; a broadcast is encoded once and shared, so it may not come near.
    public override int MemoryCeiling => 250;

    public override TimeSpan Limit => TimeSpan.FromSeconds(40);

    public override async Task AttackAsync(Attack attack) => await attack.CrowdAsync(Readers, async _ =>
    {
        using var client = await attack.OpenAsync("/broadcast", SmallBuffer);
        attack.TakePosition(Readers);
        await attack.Released;
    });

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        await stage.Server.BroadcastAsync(32 * 1024, 6, stage.Cancellation);
        await stage.PauseAsync(Seconds);
        await stage.Server.QuietAsync(stage.Cancellation);
        stage.Measured["open"] = await stage.CountOpenAsync();
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("slow readers that were still open before they left", 0, (long)seen.Stage.Measured["open"]);
        verdict.DemandCount("slow readers ended", Readers, seen.Ended(""));
    }
}
