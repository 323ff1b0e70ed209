using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Small messages, each of them lawful, as fast as the server takes them: it must not take all.</summary>
internal sealed class MessageFlood : Scenario
{
    private const int Peers = 20;
    private const int Burst = 100;
    private const int Rate = 10_000;
    private const int Seconds = 10;

    // Beyond the rate: the first second's burst, and what lies in the buffers of the two kernels and of Kestrel when it is over.
    private const long Buffered = 150_000;

    public override string Name => "message-flood";

    public override string Abuse => $"{Peers} send messages of 64 bytes as fast as they are taken";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:MaxMessagesPerSecond"] = $"{Rate}",
    };

    public override int MemoryCeiling => 96;

    public override TimeSpan Limit => TimeSpan.FromSeconds(Seconds);

    public override Task AttackAsync(Attack attack)
    {
        var burst = ClientFrame.Repeat(ClientFrame.Of(Opcode.Binary, new byte[64]), Burst);
        return attack.CrowdAsync(Peers, async _ =>
        {
            if (await attack.OpenAsync("/silent") is { } client)
            {
                await attack.FloodAsync(client, "flooder", burst);
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("held back, and not closed", Peers, seen.Saw("flooder: still open"));
        verdict.DemandAtMost("messages taken from each", (Rate * (Seconds + 1)) + Buffered, Taken(seen), "");
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"took {Taken(seen):N0} messages from each, buffers included; ") + seen.Endings();

    private static double Taken(Evidence seen) => (double)seen.Saw("bursts of flooder") * Burst / Peers;
}
