using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>More connections than one address may have, from several; then, when they have gone, as many again.</summary>
internal sealed class OneAddress : Scenario
{
    private const int PerAddress = 50;
    private const int Allowed = PerAddress * RawClient.SourceAddresses;
    private const int Tried = 2 * Allowed;
    private const double HeldSeconds = 1;

    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(2);

    public override string Name => "one-address";

    public override string Abuse => $"{RawClient.SourceAddresses} addresses open {2 * PerAddress} connections each, leave, and do it again";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:Server:MaxConnectionsPerAddress"] = $"{PerAddress}",
        ["WebSockets:Server:CountLoopback"] = "true",
    };

    public override int MemoryCeiling => 96;

    public override async Task AttackAsync(Attack attack)
    {
        for (var round = 0; round < 2; round++)
        {
            var open = new List<RawClient>();
            await attack.CrowdAsync(Tried, async _ =>
            {
                if (await attack.OpenAsync("/silent") is { } client)
                {
                    attack.Count("let in");
                    lock (open)
                    {
                        open.Add(client);
                    }
                }
            });
            await Task.Delay(TimeSpan.FromSeconds(HeldSeconds));
            open.ForEach(client => client.Dispose());
            await Task.Delay(BetweenRounds);
        }
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("let in, in two rounds", 2 * Allowed, seen.Saw("let in"));
        verdict.DemandCount("refused with 429", 2 * (Tried - Allowed), seen.Saw("refused with 429"));
    }

    public override string Describe(Evidence seen) =>
        FormattableString.Invariant($"{seen.Saw("let in"):N0} let in, {seen.Saw("refused with 429"):N0} × 429; ") + seen.Endings();
}
