using System.Diagnostics;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>
/// A server in a container that could hold a fraction of what its peers could send: they connect while there is memory, and then all send
/// at once, to a handler that takes its time, or to have it echoed and read nothing; and they come back when they are sent away.
/// </summary>
internal sealed class SmallContainer(int mebibytes, ServerHost host) : Scenario
{
    private const int Peers = 1_000;
    private const int GoodClients = 8;
    private const double MiB = 1024 * 1024;

    private const int SmallBuffer = 4096;

    // Small ones, which cost the most keeping, some of a usual size, and the longest that are allowed. Whoever reads nothing sends the
    // second.
    private static readonly int[] Sizes = [256, 16 * 1024, 1024, 1024 * 1024];

    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public override string Name => NameOn($"container-{mebibytes}", host);

    public override ServerHost Host => host;

    public override string Abuse =>
        $"in a container of {mebibytes} MiB {Peers:N0} idle at first, then all send as much as they can: four of five to a handler that "
        + "awaits 20 ms, the fifth to be echoed, and reads nothing";

    public override int? ContainerMiB => mebibytes;

    public override int MemoryCeiling => mebibytes;

    // All send at the same moment, and what the first rounds over a thousand connections bring is a good client's longest wait: up to 1.2 s.
    public override double SlowestP99 => 2000;

    public override Task AttackAsync(Attack attack)
    {
        var bursts = Sizes.Select(size => ClientFrame.Repeat(ClientFrame.Of(Opcode.Binary, new byte[size]), Math.Max(1, 65_536 / size)))
            .ToArray();
        return attack.CrowdAsync(Peers, async number =>
        {
            var isDeaf = number % 5 == 4;
            var burst = bursts[isDeaf ? 1 : number % bursts.Length];
            var client = await OpenAsync(attack, isDeaf);
            attack.TakePosition(Peers);
            await attack.Released;
            while (!attack.End.IsCancellationRequested)
            {
                if (client is not null)
                {
                    await FloodAsync(attack, client, isDeaf, burst);
                }

                await Task.Delay(BeforeNextTry, attack.End);
                client = await OpenAsync(attack, isDeaf);
            }
        });
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        stage.Measured["let in"] = await stage.CountOpenAsync();
        var good = Enumerable.Range(0, GoodClients).Select(_ => new Canary(stage.Server.Port)).ToArray();
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
        foreach (var client in good)
        {
            client.Dispose();
        }

        await WaitForLastAsync(stage);
        stage.Measured["lost"] = good.Count(client => client.End is not null);
        stage.Measured["p99"] = good.Max(client => client.Take().P99);
        stage.Measured["peak"] = stage.Server.Cage!.ReadPeak() / MiB;
        stage.Measured["kills"] = stage.Server.Cage.ReadKills();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        var measured = seen.Stage.Measured;
        verdict.DemandCount("let in while there was memory", Peers, (long)measured["let in"]);
        verdict.DemandCount("ended by the kernel", 0, (long)measured["kills"]);
        verdict.DemandAtMost("the container's memory", mebibytes, measured["peak"], "MiB");
        verdict.DemandCount($"of {GoodClients} more good clients lost", 0, (long)measured["lost"]);
        verdict.DemandAtMost("their p99", SlowestP99, measured["p99"], "ms");
        var failed = seen.After.Exceptions.GetValueOrDefault(nameof(OutOfMemoryException));
        verdict.DemandCount($"{nameof(OutOfMemoryException)} thrown", 0, failed);
    }

    public override string Describe(Evidence seen) => FormattableString.Invariant(
        $"lived, with {seen.Stage.Measured["peak"]:0} MiB at most; newcomers: {seen.Saw("refused with 503"):N0} × 503; ") + seen.Endings();

    // What has arrived is worked off, and each handler has some hundred messages to go.
    private static async Task WaitForLastAsync(Stage stage)
    {
        var begun = Stopwatch.GetTimestamp();
        while (await stage.CountOpenAsync() > 0 && Stopwatch.GetElapsedTime(begun) < Patience)
        {
            await stage.PauseAsync(0.5);
        }
    }

    private static Task<RawClient?> OpenAsync(Attack attack, bool isDeaf) =>
        isDeaf ? attack.OpenAsync("/echo", SmallBuffer) : attack.OpenAsync("/slow/20");

    private static async Task FloodAsync(Attack attack, RawClient client, bool isDeaf, byte[] burst)
    {
        try
        {
            if (!isDeaf)
            {
                await attack.FloodAsync(client, "flooder", burst);
                return;
            }

            while (await client.SendAsync(burst, attack.End))
            {
                attack.Count("bursts of the deaf");
            }
        }
        finally
        {
            // With a FIN, what lies in the kernel's buffers would be worked off too, long after everyone has gone.
            client.Reset();
        }
    }
}
