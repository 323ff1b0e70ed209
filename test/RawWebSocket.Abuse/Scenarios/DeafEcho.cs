using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Peers that ask and ask and never read an answer.</summary>
internal sealed class DeafEcho : Scenario
{
    private const int Peers = 50;
    private const int SmallBuffer = 4096;

    private static readonly TimeSpan BetweenMessages = TimeSpan.FromMilliseconds(50);

    public override string Name => "deaf-echo";

    public override string Abuse => $"{Peers} send messages of 64 KiB to be echoed, 20 a second, and read nothing";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:SendTimeout"] = "00:00:03",
    };

    // What the server holds of each is what it has read ahead, the echo it cannot send, and the most: up to 1 MiB in Kestrel's pipe, which
    // is SocketTransportOptions.MaxReadBufferSize and nobody else's to limit.
    public override int MemoryCeiling => 128;

    public override TimeSpan Limit => TimeSpan.FromSeconds(20);

    public override Task AttackAsync(Attack attack)
    {
        var message = ClientFrame.Of(Opcode.Binary, new byte[64 * 1024]);
        return attack.CrowdAsync(Peers, async _ =>
        {
            if (await attack.OpenAsync("/echo", SmallBuffer) is { } client)
            {
                using (client)
                {
                    await AskAsync(attack, client, message);
                }
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("ended by the server", Peers, seen.Saw("deaf: ended"));
        verdict.DemandCount("closures told", Peers, seen.Ended(""));
    }

    private static async Task AskAsync(Attack attack, RawClient client, byte[] message)
    {
        try
        {
            while (await client.SendAsync(message, attack.End))
            {
                await Task.Delay(BetweenMessages, attack.End);
            }

            attack.Count("deaf: ended");
        }
        catch (OperationCanceledException)
        {
            attack.Count("deaf: still open");
        }
    }
}
