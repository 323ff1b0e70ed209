using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>
/// More tiny messages than a handler that awaits ever works off, from so many that what each may keep waiting is far beyond the budget
/// together. Good clients are beside them all the time.
/// </summary>
internal abstract class TinyHoards(int peers, int wait) : Scenario
{
    private const int Good = 5;
    private const int PayloadSize = 16;
    private const int Bytes = 1_200_000;

    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan EchoPeriod = TimeSpan.FromMilliseconds(50);

    // Within a second, what the attackers left behind must be gone.
    private static readonly TimeSpan Recovery = TimeSpan.FromSeconds(1);

    public override string Abuse => $"{peers} send {Bytes:N0} bytes of tiny messages to a handler that awaits {wait} ms for each";

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    // While the flood arrives, Kestrel reads up to 1 MiB of each connection before it comes to the next, whether or not anyone takes it. The
    // well-behaved client waits its turn: 0.4 to 1.1 s also where the framework's own WebSockets take nothing but a message every 50 ms.
    public override double SlowestP99 => 2000;

    // The handlers go on with what was read before anyone could see that its peer had gone: TCP holds the end of its bytes back as well.
    public override bool Recovers => false;

    public override async Task AttackAsync(Attack attack)
    {
        var good = attack.CrowdAsync(Good, number => EchoAsync(attack, number));
        var flood = ClientFrame.Repeat(ClientFrame.Of(Opcode.Binary, new byte[PayloadSize]), Bytes / (PayloadSize + 6));
        await attack.CrowdAsync(peers, async _ =>
        {
            if (await attack.OpenAsync($"/slow/{wait}") is { } client)
            {
                using (client)
                {
                    await HoardAsync(attack, client, flood);
                }
            }
        });
        Console.WriteLine(Attack.HoldingLine);
        await good;
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        await stage.PauseAsync(Recovery.TotalSeconds);
        var stats = await stage.Server.ReadStatsAsync(stage.Cancellation);
        stage.Measured["held afterwards"] = stats.Held;
        stage.Measured["budget"] = stats.Budget;
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        var budget = seen.Stage.Measured["budget"];
        verdict.DemandAtMost("most held, of a budget and a quarter", budget * 1.25, seen.After.MostHeld, "bytes");
        verdict.DemandAtMost("held a second after they have gone", budget, seen.Stage.Measured["held afterwards"], "bytes");
        verdict.DemandCount("good clients that kept their connection", Good, seen.Saw("good: kept"));
        verdict.DemandCount("good clients that lost it", 0, seen.Saw("good: lost"));
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"held {seen.After.MostHeld:N0} bytes at most; ") + seen.Endings();

    private static async Task HoardAsync(Attack attack, RawClient client, ReadOnlyMemory<byte> flood)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(attack.End);
        time.CancelAfter(Hold);
        try
        {
            await client.SendAsync(flood, time.Token);
            attack.Count("hoards sent whole");
            await Task.Delay(Timeout.Infinite, time.Token);
        }
        catch (OperationCanceledException)
        {
            // It was long enough.
        }
    }

    private static async Task EchoAsync(Attack attack, int number)
    {
        using var client = await attack.OpenAsync("/echo");
        if (client is null)
        {
            return;
        }

        var message = ClientFrame.Of(Opcode.Binary, BitConverter.GetBytes(number));
        var reading = client.ReadToEndAsync(Manners.None, attack.End);
        while (!attack.IsReleased && !reading.IsCompleted && await client.SendAsync(message, attack.End))
        {
            attack.Count("echoes asked for");
            await Task.WhenAny(reading, Task.Delay(EchoPeriod, attack.End));
        }

        attack.Count(attack.IsReleased && !reading.IsCompleted ? "good: kept" : "good: lost");
    }
}

/// <summary>With a budget that is small for them.</summary>
internal sealed class TinyHoardsInSmallBudget() : TinyHoards(peers: 300, wait: 50)
{
    private const int Budget = 8 * 1024 * 1024;

    public override string Name => "tiny-hoards";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:Server:MemoryBudget"] = $"{Budget}",
    };

    // Kestrel reads up to 1 MiB ahead for each, which is not the budget's.
    public override int MemoryCeiling => 700;
}

/// <summary>As the library is by default, in a process that may use 2 GiB.</summary>
internal sealed class TinyHoardsByDefault() : TinyHoards(peers: 700, wait: 20)
{
    public override string Name => "tiny-hoards-defaults";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    // 2 GiB, in hexadecimal, as the runtime reads it.
    public override IReadOnlyDictionary<string, string> Environment { get; } = new Dictionary<string, string>
    {
        ["DOTNET_GCHeapHardLimit"] = "80000000",
    };

    public override int MemoryCeiling => 1600;
}
