using System.Diagnostics;
using System.Net.Sockets;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>The host stops while everyone is busy, some never answer, some do not read, and new ones keep coming.</summary>
internal sealed class Shutdown : Scenario
{
    private const int Polite = 500;
    private const int Deaf = 300;
    private const int Stopped = 200;
    private const int Halves = 100;
    private const int Newcomers = 10;
    private const int Holding = Polite + Deaf + Stopped + Halves;
    private const int SmallBuffer = 4096;
    private const string NotLetIn = "not let in";
    private const int HostSeconds = 10;

    public override string Name => "shutdown";

    public override string Abuse =>
        $"the host stops while {Polite} talk, {Deaf} answer no close, {Stopped} do not read, {Halves} hold half a frame and new ones come";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["shutdownTimeoutSeconds"] = $"{HostSeconds}",
        ["WebSockets:CloseTimeout"] = "00:00:03",
    };

    public override int MemoryCeiling => 160;

    public override TimeSpan Limit => TimeSpan.FromSeconds(40);

    public override bool EndsServer => true;

    public override Task AttackAsync(Attack attack)
    {
        var message = ClientFrame.Of(Opcode.Binary, new byte[256]);
        var half = ClientFrame.Of(Opcode.Binary, new byte[256])[..100];
        return Task.WhenAll(
            attack.CrowdAsync(Polite, _ => HoldAsync(attack, "/echo", "polite", Manners.All, message, repeat: true)),
            attack.CrowdAsync(Deaf, _ => HoldAsync(attack, "/broadcast", "deaf", Manners.AnswersPings, message, repeat: false)),
            attack.CrowdAsync(Halves, _ => HoldAsync(attack, "/echo", "half frame", Manners.None, half, repeat: false)),
            attack.CrowdAsync(Stopped, _ => StopReadingAsync(attack)),
            attack.CrowdAsync(Newcomers, _ => KeepComingAsync(attack)));
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        await stage.Server.BroadcastAsync(4096, 20, stage.Cancellation);
        await stage.PauseAsync(3);

        var begun = Stopwatch.GetTimestamp();
        await stage.Server.StopAsync(stage.Cancellation);
        await stage.Server.WaitForExitAsync(stage.Cancellation).WaitAsync(TimeSpan.FromSeconds(3 * HostSeconds), stage.Cancellation);
        stage.Measured["seconds"] = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        stage.Measured["exit code"] = stage.Server.ExitCode;
        stage.Canary.WaitForEnd(TimeSpan.FromSeconds(5));
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandAtMost("the process ends within", HostSeconds + 2, seen.Stage.Measured["seconds"], "s");
        verdict.DemandCount("exit code", 0, (long)seen.Stage.Measured["exit code"]);
        verdict.DemandCount("polite peers given 1001", Polite, seen.Saw("polite: close 1001"));
        verdict.DemandCount("deaf peers given 1001 and cut", Deaf, seen.Saw("deaf: close 1001"));
        verdict.DemandCount("half frames given 1001 and cut", Halves, seen.Saw("half frame: close 1001"));
        verdict.Demand("the well-behaved client is given 1001", seen.Stage.Canary.CloseCode == 1001, seen.Stage.Canary.End ?? "still open");
        var odd = seen.SawAny("newcomer: ") - new[] { "close 1001", "503", NotLetIn }.Sum(end => seen.Saw($"newcomer: {end}"));
        verdict.DemandCount("newcomers that got neither 503 nor 1001 nor nothing", 0, odd);
    }

    public override string Describe(Evidence seen)
    {
        var given = new[] { "polite", "deaf", "half frame" }.Sum(who => seen.Saw($"{who}: close 1001"));
        var seconds = seen.Stage.Measured["seconds"];
        return FormattableString.Invariant($"ended after {seconds:0.0} s of {HostSeconds}; {given:N0} × 1001; newcomers: ")
            + FormattableString.Invariant($"{seen.Saw("newcomer: 503"):N0} × 503, {seen.Saw($"newcomer: {NotLetIn}"):N0} {NotLetIn}");
    }

    private static async Task HoldAsync(Attack attack, string path, string who, Manners manners, byte[] bytes, bool repeat)
    {
        var client = await attack.OpenAsync(path);
        attack.TakePosition(Holding);
        if (client is null)
        {
            return;
        }

        using (client)
        {
            await client.SendAsync(bytes, attack.End);
            var ended = attack.SitOutAsync(client, who, manners);
            while (repeat && !ended.IsCompleted)
            {
                await Task.WhenAny(ended, Task.Delay(100));
                await client.SendAsync(bytes, attack.End);
            }

            await ended;
        }
    }

    private static async Task StopReadingAsync(Attack attack)
    {
        using var client = await attack.OpenAsync("/broadcast", SmallBuffer);
        attack.TakePosition(Holding);
        await attack.Released;
    }

    private static async Task KeepComingAsync(Attack attack)
    {
        while (true)
        {
            try
            {
                using var client = await attack.ConnectAsync();
                var status = await client.UpgradeAsync("/echo", attack.End);
                if (status != 101)
                {
                    attack.Count(status == 0 ? $"newcomer: {NotLetIn}" : $"newcomer: {status}");
                    continue;
                }

                await client.SendAsync(ClientFrame.Close(1001), attack.End);
                attack.Count("newcomer", await client.ReadToEndAsync(Manners.None, attack.End));
                await Task.Delay(100);
            }
            catch (SocketException)
            {
                attack.Count($"newcomer: {NotLetIn}");
                return;
            }
        }
    }
}
