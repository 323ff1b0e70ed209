using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>
/// A handler that blocks its threads, until the thread pool has none for anybody else. The peers of another endpoint answer every ping, and
/// nobody has a thread to hear it.
/// </summary>
internal sealed class StarvedPool : Scenario
{
    private const int Blockers = 200;
    private const int Idle = 60;

    // From the last answer on: peers that were to be dropped would be now.
    private const double SettlingSeconds = 4;

    public override string Name => "starved-pool";

    public override string Abuse =>
        $"{Blockers} send a message to a handler that blocks its thread for {BlockingHandler.Time.TotalSeconds:0} s, beside {Idle} idle peers "
        + "that answer pings";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:KeepAliveInterval"] = "00:00:01",
        ["WebSockets:KeepAliveTimeout"] = "00:00:02",
    };

    // A thread's stack for each that is blocked.
    public override int MemoryCeiling => 96;

    // The pool makes a thread now and then for those that are blocked; until all two hundred have had one, it takes about a minute.
    public override TimeSpan Limit => TimeSpan.FromSeconds(150);

    public override bool StallsServer => true;

    public override async Task AttackAsync(Attack attack)
    {
        var message = ClientFrame.Of(Opcode.Text, "take your time"u8);
        var answered = new CountdownEvent(Blockers);
        var isOver = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await attack.CrowdAsync(Blockers + Idle, async number =>
        {
            using var client = await attack.OpenAsync(number < Blockers ? "/block" : "/silent");
            attack.TakePosition(Blockers + Idle);
            await attack.Released;
            if (client is null)
            {
                return;
            }

            var reading = ReadAsync(client, attack, () =>
            {
                attack.Count("answers");
                if (answered.Signal())
                {
                    _ = Task.Delay(TimeSpan.FromSeconds(SettlingSeconds)).ContinueWith(_ => isOver.TrySetResult(), TaskScheduler.Default);
                }
            });
            if (number < Blockers)
            {
                await client.SendAsync(message, attack.End);
            }

            await Task.WhenAny(reading, isOver.Task);
            attack.Count(reading.IsCompleted ? "dropped" : number < Blockers ? "blockers kept" : "idle peers kept");
            await client.SendAsync(ClientFrame.Close(1000), CancellationToken.None);
            await reading;
        });
    }

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("idle peers kept", Idle, seen.Saw("idle peers kept"));
        verdict.DemandCount("blockers answered and kept", Blockers, Math.Min(seen.Saw("answers"), seen.Saw("blockers kept")));
        verdict.DemandCount("dropped for their silence", 0, seen.Ended("1006"));
    }

    public override string Describe(Evidence seen) => $"{seen.Saw("idle peers kept")} of {Idle} idle peers kept; " + seen.Endings();

    private static async Task ReadAsync(RawClient client, Attack attack, Action onAnswer)
    {
        while (await client.ReadFrameAsync(attack.End) is { } frame)
        {
            client.Skip(frame);
            switch (frame.Opcode)
            {
                case Opcode.Ping:
                    await client.SendAsync(ClientFrame.Of(Opcode.Pong, []), attack.End);
                    break;
                case Opcode.Text:
                    onAnswer();
                    break;
            }
        }
    }
}
