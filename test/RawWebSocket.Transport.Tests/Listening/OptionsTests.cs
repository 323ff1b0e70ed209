using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace RawWebSocket.Transport.Tests.Listening;

public sealed class OptionsTests
{
    [Fact]
    public async Task Every_wrong_option_is_named_at_the_start_with_what_to_set()
    {
        var exception = await Should.ThrowAsync<OptionsValidationException>(() => Server.StartAsync(
            TransportKind.Epoll,
            _ => Task.CompletedTask,
            transport: options =>
            {
                options.EventLoops = 0;
                options.ReceiveBufferSize = 1;
            }));

        exception.Failures.Count().ShouldBe(2);
        exception.Failures.ShouldContain(
            "RawWebSocketTransportOptions.ReceiveBufferSize is 1; set it to 4096 to 4194304 bytes (default 131072).");
    }

    [Fact]
    public async Task What_Kestrels_own_options_ask_for_and_epoll_cannot_do_is_named_at_the_start()
    {
        var exception = await Should.ThrowAsync<OptionsValidationException>(() => Server.StartAsync(
            TransportKind.Epoll,
            _ => Task.CompletedTask,
            sockets: options =>
            {
                options.CreateBoundListenSocket = endPoint => SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint);
                options.MaxReadBufferSize = -1;
                options.MaxWriteBufferSize = -2;
            }));

        exception.Failures.ShouldBe([
            "SocketTransportOptions.CreateBoundListenSocket is set, but epoll opens its sockets itself; leave it, or set "
            + "RawWebSocketTransportOptions.UseEpoll to false.",
            "SocketTransportOptions.MaxReadBufferSize is -1; set it to 1 or more bytes, or to null for no limit (default 1048576).",
            "SocketTransportOptions.MaxWriteBufferSize is -2; set it to 1 or more bytes, or to null for no limit (default 65536).",
        ]);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    public async Task No_limit_is_none(long? limit)
    {
        // More than the system's buffers take.
        const int Much = 20_000_000;
        var waits = Waiting.NewSignal();
        await using var server = await Server.StartRawAsync(
            TransportKind.Epoll,
            async connection =>
            {
                (await connection.Transport.Output.WriteAsync(new byte[Much])).IsCompleted.ShouldBeFalse();
                waits.SetResult();
                await Waiting.UntilAsync(() => Unread(connection) == Much, "not everything is taken");
            },
            sockets: options => options.MaxReadBufferSize = options.MaxWriteBufferSize = limit);
        using var client = await RawClient.ConnectAsync(server.Port);

        await waits.Task.Within();
        await client.SendAsync(new byte[Much]);
        client.Finish();

        (await client.ReadToEndAsync()).Length.ShouldBe(Much);
    }

    [Theory]
    [AllTransports]
    public async Task A_host_with_little_memory_has_small_buffers(TransportKind kind)
    {
        const int Smallest = 32 * 1024;
        var read = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(
            kind,
            async connection =>
            {
                await Waiting.UntilAsync(() => Unread(connection) >= Smallest, "nothing is read ahead");
                read.SetResult(Unread(connection));
            },
            host: builder => builder.Services.AddRawWebSockets(options => options.Server.TransportBudget = 1024 * 1024));
        using var client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync(new byte[500_000]);

        // Kestrel's own sockets read some more than the limit.
        (await read.Task.Within()).ShouldBeInRange(Smallest, 2 * Smallest);
    }

    [Fact]
    public async Task Smallest_values_work()
    {
        await using var server = await Server.StartAsync(
            TransportKind.Epoll,
            context => context.Request.Body.CopyToAsync(context.Response.Body),
            transport: options =>
            {
                options.EventLoops = 1;
                options.ReceiveBufferSize = 4096;
            },
            sockets: options =>
            {
                options.Backlog = 1;
                options.NoDelay = false;
                options.MaxReadBufferSize = options.MaxWriteBufferSize = 1;
            });
        using var client = new HttpClient();
        using var content = new ByteArrayContent(new byte[20_000]);

        var response = await client.PostAsync(server.Address, content).Within();

        (await response.Content.ReadAsByteArrayAsync().Within()).Length.ShouldBe(20_000);
    }

    [Fact]
    public async Task Used_twice_it_is_there_once_and_both_delegates_count()
    {
        await using var server = await Server.StartAsync(
            TransportKind.Epoll,
            _ => { },
            transport: options => options.EventLoops = 3,
            host: builder => builder.WebHost.UseRawWebSocketTransport(options => options.ReceiveBufferSize = 7000));

        server.App.Services.GetServices<IConnectionListenerFactory>().Count(factory => factory is EpollTransportFactory).ShouldBe(1);
        var options = server.App.Services.GetRequiredService<IOptions<RawWebSocketTransportOptions>>().Value;
        (options.EventLoops, options.ReceiveBufferSize).ShouldBe((3, 7000));
    }

    [Fact]
    public void Half_of_the_processors_wait_by_default() =>
        new RawWebSocketTransportOptions().EventLoops.ShouldBe(Math.Clamp(Environment.ProcessorCount / 2, 1, 16));

    // Looks at it, without its counting as looked at.
    private static long Unread(ConnectionContext connection)
    {
        if (!connection.Transport.Input.TryRead(out var result))
        {
            return 0;
        }

        connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.Start);
        return result.Buffer.Length;
    }
}
