using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>Headers that claim more than the world has to give (RFC 6455 section 5.2 and 10.4).</summary>
internal sealed class HugeClaim : Scenario
{
    private const int Peers = 30;

    private static readonly (string Name, ulong Length, int CloseCode)[] Claims =
    [
        ("2^62", 1UL << 62, 1009),
        ("2^63-1", long.MaxValue, 1009),
        ("2^32", 1UL << 32, 1009),
        ("1 MiB + 1", (1024 * 1024) + 1, 1009),
        ("2^63", 1UL << 63, 1002),
    ];

    public override string Name => "huge-claim";

    public override string Abuse => $"{Peers} claim payloads of 2^62 bytes, 2^63-1, 2^32, 1 MiB + 1 or 2^63, send a little and come back";

    public override int MemoryCeiling => 64;

    public override TimeSpan Limit => TimeSpan.FromSeconds(8);

    public override Task AttackAsync(Attack attack) => attack.StormAsync(Peers, async number =>
    {
        var (name, length, _) = Claims[number % Claims.Length];
        if (await attack.OpenAsync("/echo") is { } client)
        {
            using (client)
            {
                await client.SendAsync((byte[])[.. ClientFrame.Header(Opcode.Binary, length), .. new byte[512]], attack.End);
                await attack.SitOutAsync(client, name, Manners.None);
            }
        }
    });

    public override void Judge(Evidence seen, Verdict verdict)
    {
        foreach (var (name, _, code) in Claims)
        {
            var closed = seen.Saw($"{name}: close {code}");
            verdict.Demand($"claims of {name}: closed with {code}, every time", closed > 0, $"{closed:N0}");
            verdict.DemandCount($"claims of {name}: ended in another way", 0, seen.SawOther(name, code));
        }
    }
}
