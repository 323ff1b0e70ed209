using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Scenarios;

namespace RawWebSocket.Abuse.Soaking;

/// <summary>The traffic of the soak: some who stay, and many who come and go, most of them well-behaved.</summary>
internal static class MixedTraffic
{
    public const string Name = "soak";

    private const int Stayers = 100;
    private const int Visitors = 80;
    private const int Seed = 6455;

    public static Task RunAsync(Attack attack) => Task.WhenAll(
        attack.CrowdAsync(Stayers, number => StayAsync(attack, new Random(Seed - number))),
        attack.CrowdAsync(Visitors, number => ComeAndGoAsync(attack, new Random(Seed + number))));

    private static async Task StayAsync(Attack attack, Random random)
    {
        using var client = await attack.OpenAsync("/echo");
        if (client is null)
        {
            return;
        }

        var message = ClientFrame.Of(Opcode.Text, new byte[200]);
        while (true)
        {
            await client.SendAsync(message, attack.End);
            if (await client.ReadFrameAsync(attack.End) is not { } frame)
            {
                attack.Count($"{Visits.Wrong}one who stays was cut");
                return;
            }

            client.Skip(frame);
            await Task.Delay(random.Next(2000), attack.End);
        }
    }

    private static async Task ComeAndGoAsync(Attack attack, Random random)
    {
        while (!attack.End.IsCancellationRequested)
        {
            await Visits.MakeAsync(attack, random);
            attack.Count("visits");
        }
    }
}
