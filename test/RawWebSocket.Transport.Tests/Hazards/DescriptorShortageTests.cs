using System.Diagnostics;
using System.Globalization;

namespace RawWebSocket.Transport.Tests.Hazards;

public sealed class DescriptorShortageTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [OurTransport]
    public async Task Connections_wait_while_there_is_no_descriptor_and_nothing_spins(TransportKind kind)
    {
        using var server = Start(kind);
        var port = int.Parse(await NextLineAsync(server), CultureInfo.InvariantCulture);
        using (var first = await RawClient.ConnectAsync(port))
        {
            // What needs a file for the first time gets it now.
            await first.SendAsync(Request);
            await first.ReadUntilAsync("in");
        }

        await server.StandardInput.WriteLineAsync();
        (await NextLineAsync(server)).ShouldBe("limited");
        var clients = await Task.WhenAll(Enumerable.Range(0, ShortServer.Spare + 20).Select(_ => RawClient.ConnectAsync(port)));
        (await NextLineAsync(server)).ShouldBe("shortage");
        var before = Used(server);

        // A loop that spins would use all of this time.
        await Task.Delay(1000);
        (Used(server) - before).ShouldBeLessThan(TimeSpan.FromMilliseconds(500));

        foreach (var client in clients.Take(ShortServer.Spare))
        {
            client.Dispose();
        }

        (await NextLineAsync(server)).ShouldBe("over");
        foreach (var client in clients.Skip(ShortServer.Spare))
        {
            await client.SendAsync(Request);
            await client.ReadUntilAsync("in");
            client.Dispose();
        }

        server.StandardInput.Close();
        await server.WaitForExitAsync().Within();
        server.ExitCode.ShouldBe(0);
    }

    private static Process Start(TransportKind kind)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(typeof(ShortServer).Assembly.Location);
        start.ArgumentList.Add(kind.ToString());
        return Process.Start(start)!;
    }

    private static async Task<string> NextLineAsync(Process server) =>
        await server.StandardOutput.ReadLineAsync().Within() ?? throw new InvalidOperationException("The server has ended.");

    private static TimeSpan Used(Process server)
    {
        server.Refresh();
        return server.TotalProcessorTime;
    }
}
