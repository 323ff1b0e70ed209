using System.Diagnostics;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>A process full of clients that is killed without a word.</summary>
internal sealed class KillNine : Scenario
{
    private const int Peers = 2000;
    private const double HeldSeconds = 3;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public override string Name => "kill-9";

    public override string Abuse => $"{Peers:N0} clients, some talking, some listening to broadcasts, in a process that gets SIGKILL";

    public override int MemoryCeiling => 160;

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    public override Task AttackAsync(Attack attack)
    {
        var message = ClientFrame.Of(Opcode.Text, new byte[128]);
        return attack.CrowdAsync(Peers, async number =>
        {
            using var client = await attack.OpenAsync(number % 2 == 0 ? "/echo" : "/broadcast");
            attack.TakePosition(Peers);
            var reading = client?.ReadToEndAsync(Manners.All, attack.End) ?? Task.CompletedTask;
            while (client is not null && number % 4 == 0 && await client.SendAsync(message, attack.End))
            {
                await Task.Delay(500);
            }

            await reading;
        });
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        await stage.Server.BroadcastAsync(512, 5, stage.Cancellation);
        await stage.PauseAsync(HeldSeconds);
        stage.Measured["open"] = await stage.CountOpenAsync();

        stage.Attackers.Kill();
        var begun = Stopwatch.GetTimestamp();
        while (await stage.CountOpenAsync() > 0 && Stopwatch.GetElapsedTime(begun) < Patience)
        {
            await stage.PauseAsync(0.05);
        }

        stage.Measured["seconds"] = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        await stage.Server.QuietAsync(stage.Cancellation);
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("open before the kill", Peers, (long)seen.Stage.Measured["open"]);
        verdict.DemandAtMost("all gone", 5, seen.Stage.Measured["seconds"], "s");
        verdict.DemandCount("closures told", Peers, seen.Ended(""));
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"all gone after {seen.Stage.Measured["seconds"]:0.0} s; ") + seen.Endings();
}
