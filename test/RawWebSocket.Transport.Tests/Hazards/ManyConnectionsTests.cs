using System.Text;
using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Transport.Tests.Hazards;

public sealed class ManyConnectionsTests
{
    [Theory]
    [OurTransport]
    public async Task Descriptors_that_are_used_again_never_get_anothers_bytes(TransportKind kind)
    {
        const int Clients = 16;
        const int Each = 250;
        await using var server = await Server.StartRawAsync(kind, EchoLateAsync, options => options.EventLoops = 2);

        await Task.WhenAll(Enumerable.Range(0, Clients).Select(client => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                using var connection = await RawClient.ConnectAsync(server.Port);
                var name = $"{client:00}:{i:0000};";
                await connection.SendAsync(name);
                (await connection.ReadAsync(name.Length)).ShouldBe(name);
                if (i % 3 == 0)
                {
                    connection.Reset();
                }
                else if (i % 3 == 1)
                {
                    connection.Finish();
                    var rest = await connection.ReadToEndAsync();
                    rest.Split(';', StringSplitOptions.RemoveEmptyEntries).ShouldAllBe(each => each + ";" == name);
                }
            }
        }))).WaitAsync(2 * Waiting.Limit);

        await Waiting.UntilAsync(() => OpenSockets(server.Port) <= 1, "connections were left open");
    }

    [Theory]
    [OurTransport]
    public async Task A_storm_of_connections_is_let_in(TransportKind kind)
    {
        const int Count = 1500;
        await using var server = await Server.StartRawAsync(
            kind,
            async connection =>
            {
                await connection.Transport.Output.WriteAsync("in"u8.ToArray());
                await connection.ConnectionClosed.CancelledAsync();
            },
            sockets: options => options.Backlog = Count);

        var clients = await Task.WhenAll(Enumerable.Range(0, Count).Select(async _ =>
        {
            var client = await RawClient.ConnectAsync(server.Port);
            (await client.ReadAsync(2)).ShouldBe("in");
            return client;
        })).WaitAsync(2 * Waiting.Limit);

        Array.ForEach(clients, client => client.Dispose());
    }

    [Theory]
    [OurTransport]
    public async Task Connections_that_are_gone_before_they_are_accepted_do_no_harm(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Response.WriteAsync("well"));
        for (var i = 0; i < 300; i++)
        {
            using var client = await RawClient.ConnectAsync(server.Port);
            client.Reset();
        }

        using var last = new HttpClient();
        (await last.GetStringAsync(server.Address).Within()).ShouldBe("well");
    }

    // Other threads send once more while, and after, the client goes away.
    private static async Task EchoLateAsync(ConnectionContext connection)
    {
        var result = await connection.Transport.Input.ReadAtLeastAsync(8);
        if (result.Buffer.Length < 8)
        {
            return;
        }

        var name = Encoding.ASCII.GetString(result.Buffer.FirstSpan[..8]);
        connection.Transport.Input.AdvanceTo(result.Buffer.End);
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(name));
        await Task.Run(async () =>
        {
            for (var i = 0; i < 20 && !(await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(name))).IsCompleted; i++)
            {
                await Task.Yield();
            }
        });
    }

    private static int OpenSockets(int port) =>
        File.ReadLines("/proc/self/net/tcp").Skip(1).Count(line =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is var words
            && words[1].EndsWith($":{port:X4}", StringComparison.Ordinal)
            && words[3] is not "06");
}
