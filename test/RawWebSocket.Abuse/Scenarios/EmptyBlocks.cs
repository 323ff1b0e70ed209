using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>
/// Compressed messages of nothing but blocks that are final and empty (RFC 1951 section 3.2.3): two bytes begin a whole stream anew, and
/// nothing comes out that a rate of bytes could count.
/// </summary>
internal sealed class EmptyBlocks : Scenario
{
    private const int Peers = 20;
    private const int Blocks = 50_000;
    private const int Burst = 2;
    private const int Seconds = 10;

    // What the byte rate's default of 256 MiB a second leaves, each block being worth 2 KiB: KiB a second.
    private const int Rate = 256;

    // What lies in the buffers of the two kernels and of Kestrel when it is over, in KiB.
    private const int Buffered = 10 * 1024;

    public override string Name => "empty-blocks";

    public override string Abuse => $"{Peers} send compressed messages of {Blocks:N0} deflate blocks without content, as fast as they are taken";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:Compression:Mode"] = "Shared",
    };

    public override int MemoryCeiling => 128;

    public override TimeSpan Limit => TimeSpan.FromSeconds(Seconds);

    // What lies in the buffers costs what it cost before, so it takes about as long as the attack until the peers' ends are seen behind it.
    public override TimeSpan RecoveryLimit => TimeSpan.FromSeconds(60);

    public override Task AttackAsync(Attack attack)
    {
        byte[] payload = [.. Enumerable.Repeat((byte[])[0x03, 0x00], Blocks).SelectMany(static block => block), 0x00];
        var burst = ClientFrame.Repeat(ClientFrame.Compressed(Opcode.Binary, payload), Burst);
        return attack.CrowdAsync(Peers, async _ =>
        {
            if (await attack.OpenAsync("/silent", headers: "Sec-WebSocket-Extensions: permessage-deflate\r\n") is { } client)
            {
                await attack.FloodAsync(client, "flooder", burst);
            }
        });
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("held back, and not closed", Peers, seen.Saw("flooder: still open"));
        verdict.DemandAtMost("taken from each", (Rate * (Seconds + 1)) + Buffered, Taken(seen), "KiB");
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"took {Taken(seen):N0} KiB from each, buffers included; ") + seen.Endings();

    private static double Taken(Evidence seen) => seen.Saw("bursts of flooder") * (double)Burst * Blocks * 2 / 1024 / Peers;
}
