using System.Globalization;
using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>The server says what it has to say and closes; some peers read slowly, some not at all.</summary>
/// <param name="host">The server's host.</param>
internal sealed class SlowGoodbye(ServerHost host) : Scenario
{
    private const int Slow = 20;
    private const int Stuck = 20;
    private const int Buffer = 64 * 1024;
    private const int BytesPerStep = 32 * 1024;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(150);

    public override string Name => NameOn("slow-goodbye", host);

    public override ServerHost Host => host;

    public override string Abuse =>
        $"2 MB are sent to each and then the close: {Slow} read 200 KiB a second, {Stuck} nothing";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:CloseTimeout"] = "00:00:03",
        ["WebSockets:SendTimeout"] = "00:00:05",
    };

    public override int MemoryCeiling => 96;

    public override TimeSpan Limit => TimeSpan.FromSeconds(30);

    public override Task AttackAsync(Attack attack) => Task.WhenAll(
        attack.CrowdAsync(Slow, _ => ReadSlowlyAsync(attack)),
        attack.CrowdAsync(Stuck, _ => NeverReadAsync(attack)));

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        for (var open = stage.CountOpenAsync(); await open > 0; open = stage.CountOpenAsync())
        {
            await stage.PauseAsync(0.5);
        }

        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("slow readers given everything and then 1000", Slow, seen.Saw("slow: all of it, close 1000"));
        verdict.DemandCount("dropped for not reading", Stuck, seen.Ended("1006 for SendTime"));
        verdict.DemandCount("closures told", Slow + Stuck, seen.Ended(""));
    }

    private static async Task ReadSlowlyAsync(Attack attack)
    {
        using var client = await attack.OpenAsync("/goodbye", Buffer);
        attack.TakePosition(Slow + Stuck);
        if (client is null)
        {
            return;
        }

        long bytes = 0;
        int? close = null;
        var read = 0L;
        while (close is null && await client.ReadFrameAsync(attack.End) is { } frame)
        {
            if (frame.Opcode == Opcode.Close)
            {
                close = frame.CloseCode(client.Buffered);
                await client.SendAsync(ClientFrame.Close((ushort)close.Value), attack.End);
            }
            else
            {
                bytes += frame.Length;
                read += frame.Length;
            }

            client.Skip(frame);
            for (; read >= BytesPerStep; read -= BytesPerStep)
            {
                await Task.Delay(Step, attack.End);
            }
        }

        var what = bytes == GoodbyeHandler.Pieces * GoodbyeHandler.PieceSize ? "all of it" : $"{bytes} bytes";
        attack.Count($"slow: {what}, close {close?.ToString(CultureInfo.InvariantCulture) ?? "none"}");
    }

    private static async Task NeverReadAsync(Attack attack)
    {
        using var client = await attack.OpenAsync("/goodbye", Buffer);
        attack.TakePosition(Slow + Stuck);
        await attack.Released;
    }
}
