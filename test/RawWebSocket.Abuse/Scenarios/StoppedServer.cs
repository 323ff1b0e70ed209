using RawWebSocket.Abuse.Clients;
using RawWebSocket.Abuse.Reporting;
using RawWebSocket.Abuse.Server;

namespace RawWebSocket.Abuse.Scenarios;

/// <summary>A server that stands still for longer than every timeout, in the middle of uploads and downloads.</summary>
internal sealed class StoppedServer : Scenario
{
    private const int Uploads = 20;
    private const int Downloads = 20;
    private const int UploadSize = 512 * 1024;
    private const double StillSeconds = 15;

    public override string Name => "stopped-server";

    public override string Abuse =>
        $"the server gets SIGSTOP for {StillSeconds:0} s in the middle of {Uploads} uploads and {Downloads} downloads";

    public override IReadOnlyDictionary<string, string> Settings { get; } = new Dictionary<string, string>
    {
        ["WebSockets:KeepAliveInterval"] = "00:00:02",
        ["WebSockets:KeepAliveTimeout"] = "00:00:06",
        ["WebSockets:MessageTimeout"] = "00:00:06",
        ["WebSockets:SendTimeout"] = "00:00:06",
    };

    public override int MemoryCeiling => 96;

    public override TimeSpan Limit => TimeSpan.FromSeconds(60);

    public override bool StallsServer => true;

    public override Task AttackAsync(Attack attack) => attack.CrowdAsync(
        Uploads + Downloads, number => number < Uploads ? UploadAsync(attack) : DownloadAsync(attack));

    public override async Task DirectAsync(Stage stage)
    {
        await stage.AwaitHoldingAsync();
        await stage.PauseAsync(1);
        await stage.Server.StandStillAsync(TimeSpan.FromSeconds(StillSeconds), stage.Cancellation);

        // What must not happen would happen now.
        await stage.PauseAsync(2);
        stage.Attackers.Release();
        await stage.AwaitAttackersAsync();
    }

    public override void Judge(Evidence seen, Verdict verdict)
    {
        verdict.DemandCount("uploads finished", Uploads, seen.Saw("uploads finished"));
        verdict.DemandCount("downloads finished", Downloads, seen.Saw("downloads finished"));
    }

    public override string Describe(Evidence seen) =>
        $"{seen.Saw("uploads finished")} uploads and {seen.Saw("downloads finished")} downloads finished; " + seen.Endings();

    private static async Task UploadAsync(Attack attack)
    {
        using var client = await attack.OpenAsync("/echo");
        var message = ClientFrame.Of(Opcode.Binary, new byte[UploadSize]);
        if (client is not null)
        {
            await client.SendAsync(message.AsMemory(0, message.Length / 2), attack.End);
        }

        attack.TakePosition(Uploads + Downloads);
        await attack.Released;
        if (client is not null
            && await client.SendAsync(message.AsMemory(message.Length / 2), attack.End)
            && await ReadAsync(client, messages: 1, attack))
        {
            attack.Count("uploads finished");
        }
    }

    private static async Task DownloadAsync(Attack attack)
    {
        using var client = await attack.OpenAsync("/download");
        if (client is not null)
        {
            await client.SendAsync(ClientFrame.Of(Opcode.Text, "all of it"u8), attack.End);
        }

        attack.TakePosition(Uploads + Downloads);
        await attack.Released;
        if (client is not null && await ReadAsync(client, DownloadHandler.Messages, attack))
        {
            attack.Count("downloads finished");
        }
    }

    private static async Task<bool> ReadAsync(RawClient client, int messages, Attack attack)
    {
        while (messages > 0 && await client.ReadFrameAsync(attack.End) is { } frame)
        {
            client.Skip(frame);
            messages -= frame.Opcode == Opcode.Binary ? 1 : 0;
            if (frame.Opcode == Opcode.Ping)
            {
                await client.SendAsync(ClientFrame.Of(Opcode.Pong, []), attack.End);
            }
        }

        return messages == 0 && await client.SendAsync(ClientFrame.Close(1000), attack.End);
    }
}
