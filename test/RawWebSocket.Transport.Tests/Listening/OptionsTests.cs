using Microsoft.AspNetCore.Connections;
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
                options.Backlog = 0;
                options.ReceiveBufferSize = 1;
                options.MaxReadBufferSize = 2;
                options.MaxWriteBufferSize = -1;
            }));

        exception.Failures.Count().ShouldBe(5);
        exception.Failures.ShouldContain(
            "RawWebSocketTransportOptions.MaxReadBufferSize is 2; set it to 4096 to 1073741824 bytes (default 262144).");
        exception.Failures.ShouldContain("RawWebSocketTransportOptions.Backlog is 0; set it to 1 or more connections (default 512).");
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
                options.Backlog = 1;
                options.NoDelay = false;
                options.ReceiveBufferSize = options.MaxReadBufferSize = options.MaxWriteBufferSize = 4096;
            });
        using var client = new HttpClient();
        using var content = new ByteArrayContent(new byte[1_000_000]);

        var response = await client.PostAsync(server.Address, content).Within();

        (await response.Content.ReadAsByteArrayAsync().Within()).Length.ShouldBe(1_000_000);
    }

    [Fact]
    public async Task Used_twice_it_is_there_once_and_both_delegates_count()
    {
        await using var server = await Server.StartAsync(
            TransportKind.Epoll,
            _ => { },
            transport: options => options.EventLoops = 3,
            host: builder => builder.WebHost.UseRawWebSocketTransport(options => options.Backlog = 7));

        server.App.Services.GetServices<IConnectionListenerFactory>().Count(factory => factory is EpollTransportFactory).ShouldBe(1);
        var options = server.App.Services.GetRequiredService<IOptions<RawWebSocketTransportOptions>>().Value;
        (options.EventLoops, options.Backlog).ShouldBe((3, 7));
    }

    [Fact]
    public void Half_of_the_processors_wait_by_default() =>
        new RawWebSocketTransportOptions().EventLoops.ShouldBe(Math.Clamp(Environment.ProcessorCount / 2, 1, 16));
}
