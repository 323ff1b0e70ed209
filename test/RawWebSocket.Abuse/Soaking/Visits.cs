using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Scenarios;

namespace RawWebSocket.Abuse.Soaking;

/// <summary>What a visitor may do from connecting to leaving. What the server gets wrong is counted as <see cref="Wrong"/>.</summary>
internal static class Visits
{
    public const string Wrong = "wrong: ";

    private const int SmallBuffer = 4096;

    private static readonly Func<Attack, Random, Task>[] Usual =
        [ChatAsync, ChatAsync, ChatAsync, FragmentAsync, PingAsync, ListenAsync, ListenAsync, BeSentAwayAsync];

    private static readonly Func<Attack, Random, Task>[] Unusual =
        [ResetAsync, VanishAsync, StopReadingAsync, BreakTheRulesAsync, ClaimTooMuchAsync, StopInTheHandshakeAsync];

    /// <summary>One visit, by chance: two of three are well-behaved.</summary>
    public static Task MakeAsync(Attack attack, Random random)
    {
        var kinds = random.Next(3) < 2 ? Usual : Unusual;
        return kinds[random.Next(kinds.Length)](attack, random);
    }

    private static Task ChatAsync(Attack attack, Random random) => AtAsync(attack, "/echo", async client =>
    {
        for (var left = random.Next(1, 30); left > 0; left--)
        {
            var message = new byte[random.Next(random.Next(1, 16 * 1024))];
            random.NextBytes(message);
            await client.SendAsync(ClientFrame.Of(Opcode.Binary, message), attack.End);
            await ExpectAsync(attack, client, Opcode.Binary, message);
            await PauseAsync(attack, random, 50);
        }

        await LeaveAsync(attack, client);
    });

    private static Task FragmentAsync(Attack attack, Random random) => AtAsync(attack, "/echo", async client =>
    {
        var part = new byte[random.Next(2000)];
        await client.SendAsync(ClientFrame.Of(Opcode.Binary, part, isFinal: false), attack.End);
        await client.SendAsync(ClientFrame.Of(Opcode.Ping, "between"u8), attack.End);
        await ExpectAsync(attack, client, Opcode.Pong, "between"u8.ToArray());
        await client.SendAsync(ClientFrame.Of(Opcode.Continuation, part), attack.End);
        await ExpectAsync(attack, client, Opcode.Binary, [.. part, .. part]);
        await LeaveAsync(attack, client);
    });

    private static Task PingAsync(Attack attack, Random random) => AtAsync(attack, "/silent", async client =>
    {
        for (var left = random.Next(1, 10); left > 0; left--)
        {
            await client.SendAsync(ClientFrame.Of(Opcode.Ping, "here"u8), attack.End);
            await ExpectAsync(attack, client, Opcode.Pong, "here"u8.ToArray());
            await PauseAsync(attack, random, 200);
        }

        await LeaveAsync(attack, client);
    });

    private static Task ListenAsync(Attack attack, Random random) => AtAsync(attack, "/broadcast", async client =>
    {
        for (var left = random.Next(1, 50); left > 0 && await client.ReadFrameAsync(attack.End) is { } frame; left--)
        {
            client.Skip(frame);
        }

        await LeaveAsync(attack, client);
    });

    private static Task BeSentAwayAsync(Attack attack, Random random) => AtAsync(attack, "/farewell", async client =>
    {
        await client.SendAsync(ClientFrame.Of(Opcode.Text, "hello"u8), attack.End);
        await ExpectEndAsync(attack, client, Manners.All, 1000);
    });

    private static Task ResetAsync(Attack attack, Random random) => AtAsync(attack, "/echo", async client =>
    {
        await client.SendAsync(ClientFrame.Of(Opcode.Binary, new byte[random.Next(4096)]), attack.End);
        client.Reset();
    });

    private static Task VanishAsync(Attack attack, Random random) => AtAsync(attack, "/echo", async client =>
    {
        await client.SendAsync(ClientFrame.Of(Opcode.Binary, new byte[4096]).AsMemory(0, random.Next(1, 4000)), attack.End);
        await PauseAsync(attack, random, 500);
    });

    private static async Task StopReadingAsync(Attack attack, Random random)
    {
        using var client = await attack.OpenAsync("/broadcast", SmallBuffer);
        await PauseAsync(attack, random, 10_000);
    }

    private static Task BreakTheRulesAsync(Attack attack, Random random) => AtAsync(attack, "/echo", async client =>
    {
        // Section 5.5: a ping of more than 125 bytes, or one in fragments.
        await client.SendAsync(
            random.Next(2) == 0 ? ClientFrame.Of(Opcode.Ping, new byte[126]) : ClientFrame.Of(Opcode.Ping, [], isFinal: false), attack.End);
        await ExpectEndAsync(attack, client, Manners.All, 1002);
    });

    private static Task ClaimTooMuchAsync(Attack attack, Random random) => AtAsync(attack, "/echo", async client =>
    {
        await client.SendAsync(ClientFrame.Header(Opcode.Binary, 1UL << random.Next(21, 62)), attack.End);
        await ExpectEndAsync(attack, client, Manners.All, 1009);
    });

    private static async Task StopInTheHandshakeAsync(Attack attack, Random random)
    {
        using var client = await attack.ConnectAsync();
        var request = RawClient.UpgradeRequest("/echo");
        await client.SendAsync(request.AsMemory(0, random.Next(1, request.Length)), attack.End);
        await PauseAsync(attack, random, 200);
    }

    private static async Task AtAsync(Attack attack, string path, Func<RawClient, Task> visit)
    {
        using var client = await attack.OpenAsync(path);
        if (client is not null)
        {
            await visit(client);
        }
    }

    private static Task PauseAsync(Attack attack, Random random, int atMost) => Task.Delay(random.Next(atMost), attack.End);

    private static async Task ExpectAsync(Attack attack, RawClient client, Opcode opcode, byte[] payload)
    {
        var frame = await client.ReadFrameAsync(attack.End);
        if (frame is not { } answer || answer.Opcode != opcode || !client.Buffered[answer.Start..answer.End].SequenceEqual(payload))
        {
            attack.Count($"{Wrong}{(frame is null ? "nothing" : frame.Value.Opcode)} instead of {opcode}");
        }

        if (frame is { } read)
        {
            client.Skip(read);
        }
    }

    private static async Task LeaveAsync(Attack attack, RawClient client)
    {
        await client.SendAsync(ClientFrame.Close(1000), attack.End);
        await ExpectEndAsync(attack, client, Manners.None, 1000);
    }

    private static async Task ExpectEndAsync(Attack attack, RawClient client, Manners manners, int closeCode)
    {
        var ending = await client.ReadToEndAsync(manners, attack.End);
        attack.Count(ending == new Ending(closeCode, TransportEnded: true) || attack.End.IsCancellationRequested
            ? $"ended: {ending}"
            : $"{Wrong}{ending} instead of close {closeCode}");
    }
}
