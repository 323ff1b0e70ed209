using System.Diagnostics;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Messages that have nearly all arrived and wait for their last bytes: each within its limit, together far beyond it.</summary>
internal sealed class HoardedMemory : Scenario
{
    private const int Peers = 600;
    private const int Size = 1024 * 1024;
    private const int Budget = 64;
    private const int Missing = 100;

    // The hoard is the attack, and not the speed at which it is brought.
    private const int AtOnce = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public override string Name => "hoarded-memory";

    public override string Abuse => $"{Peers} send messages of 1 MiB but for the last {Missing} bytes";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:Server:MemoryBudget"] = $"{Budget * 1024 * 1024}",
    };

    // Without the budget it would be 600 and more. With it, what was let go of waits for the collector, and Kestrel's pipes hold what
    // is to come.
    public override int MemoryCeiling => 5 * Budget;

    public override async Task AttackAsync(Attack attack)
    {
        using var sending = new SemaphoreSlim(AtOnce);
        var message = ClientFrame.Of(Opcode.Binary, new byte[Size])[..^Missing];
        await attack.CrowdAsync(Peers, async _ =>
        {
            await sending.WaitAsync(attack.End);
            using var client = await attack.OpenAsync("/silent");
            if (client is not null)
            {
                await client.SendAsync(message, attack.End);
            }

            sending.Release();
            attack.TakePosition(Peers);
            await attack.Released;
        });
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        var begun = Stopwatch.GetTimestamp();
        do
        {
            await stage.PauseAsync(0.5);
            stage.Measured["open"] = await stage.CountOpenAsync();
        }
        while (stage.Measured["open"] > Budget && Stopwatch.GetElapsedTime(begun) < Patience);
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        var shed = seen.Ended($"1006 for {WebSocketLimit.Memory}");
        verdict.DemandAtMost("hoards kept", Budget, seen.Stage.Measured["open"], "");
        verdict.Demand($"the others shed: {Peers - Budget} or more", shed >= Peers - Budget, $"{shed:N0}");
    }
}
