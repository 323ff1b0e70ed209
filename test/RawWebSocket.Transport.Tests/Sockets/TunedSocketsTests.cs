using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using RawWebSocket.Testing;

namespace RawWebSocket.Transport.Tests.Sockets;

/// <summary>Kestrel's own sockets, as they are where there is no epoll or it is not wanted.</summary>
public sealed class TunedSocketsTests
{
    [Fact]
    public async Task Sets_the_sockets_and_their_memory_up()
    {
        await using var app = Build(static options => options.Sockets.BlockSize = 8192);
        var sockets = app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        sockets.UnsafePreferInlineScheduling.ShouldBeTrue();
        sockets.WaitForDataBeforeAllocatingBuffer.ShouldBe(new TunedSocketsOptions().WaitForDataBeforeAllocatingBuffer);
        app.Services.GetServices<IConnectionListenerFactory>().ShouldAllBe(factory => !(factory is EpollTransportFactory));

        using var pool = app.Services.GetRequiredService<IMemoryPoolFactory<byte>>().Create();
        pool.MaxBufferSize.ShouldBe(8192);
    }

    [Fact]
    public async Task What_is_switched_off_stays_as_it_was()
    {
        await using var app = Build(static options =>
        {
            options.InlineScheduling = false;
            options.Sockets.WaitForDataBeforeAllocatingBuffer = false;
        });
        var sockets = app.Services.GetRequiredService<IOptions<SocketTransportOptions>>().Value;
        sockets.UnsafePreferInlineScheduling.ShouldBeFalse();
        sockets.WaitForDataBeforeAllocatingBuffer.ShouldBeFalse();
    }

    [Fact]
    public async Task Every_wrong_option_is_reported_at_once()
    {
        var exception = await Should.ThrowAsync<OptionsValidationException>(() => Server.StartAsync(
            TransportKind.Epoll,
            _ => Task.CompletedTask,
            transport: options =>
            {
                options.Sockets.BlockSize = 4095;
                options.Sockets.MaxKeptBytes = -1;
                options.Sockets.KeepUnusedFor = TimeSpan.Zero;
            }));

        exception.Failures.Count().ShouldBe(3);
        exception.Failures.ShouldContain(
            $"RawWebSocketTransportOptions.Sockets.BlockSize is 4095; set it to 4096 to 1048576 bytes "
            + $"(default {new TunedSocketsOptions().BlockSize}).");
    }

    [Theory]
    [InlineData(64, 4)]
    [InlineData(192, 8)] // a container of 256 MiB
    [InlineData(384, 16)] // one of 512 MiB
    [InlineData(768, 32)]
    [InlineData(1024, 64)]
    [InlineData(24 * 1024, 64)]
    public void Blocks_are_short_where_there_is_little_memory(int memoryInMiB, int blockInKiB) =>
        TunedSocketsOptions.BlockSizeFor(memoryInMiB * 1024L * 1024).ShouldBe(blockInKiB * 1024);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task They_send_messages_of_every_size_back(bool waitsForData)
    {
        await using var server = await StartEchoAsync(options =>
        {
            options.Sockets.InlineCompletions = false;
            options.Sockets.WaitForDataBeforeAllocatingBuffer = waitsForData;
        });
        await using var client = await server.App.ConnectRawWebSocketAsync("/", options => options.Timeout = Waiting.Limit);
        foreach (var length in (int[])[0, 1, 4096, 65_535, 65_536, 200_000])
        {
            var text = new string((char)('a' + (length % 26)), length);
            await client.SendTextAsync(text);
            await client.ExpectTextAsync(text);
        }

        await client.CloseAsync();
    }

    [Fact]
    public async Task Inline_completions_that_come_too_late_are_told_of()
    {
        // Afterwards this process has used sockets of the framework's.
        await using (var first = await Server.StartAsync(TransportKind.Sockets, _ => Task.CompletedTask))
        {
            using var http = new HttpClient();
            _ = await http.GetStringAsync(first.Address).Within();
        }

        await using var server = await StartEchoAsync(_ => { });
        server.Log.Count(12).ShouldBe(1);
    }

    private static Task<Server> StartEchoAsync(Action<RawWebSocketTransportOptions> configure) => Server.StartAsync(
        TransportKind.Epoll,
        app =>
        {
            app.UseRouting();
            app.UseRawWebSockets();
            app.MapRawWebSocket("/", async (WebSocketConnection connection) =>
            {
                while (await connection.ReceiveAsync() is { } message)
                {
                    await connection.SendAsync(message);
                }
            });
        },
        transport: options =>
        {
            options.UseEpoll = false;
            configure(options);
        },
        host: builder => builder.Services.AddRawWebSockets());

    private static WebApplication Build(Action<RawWebSocketTransportOptions> configure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseRawWebSocketTransport(options =>
        {
            options.UseEpoll = false;

            // The switch is the whole process's, and so every other test's.
            options.Sockets.InlineCompletions = false;
            configure(options);
        });
        return builder.Build();
    }
}
