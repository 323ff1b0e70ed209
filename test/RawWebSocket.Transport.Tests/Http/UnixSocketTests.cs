using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class UnixSocketTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

    [Theory]
    [AllTransports]
    public async Task Requests_come_over_a_Unix_socket_whose_file_goes_with_it(TransportKind kind)
    {
        await using var server = await StartAsync(kind);

        (await GetAsync()).ShouldEndWith("over a file");
        File.Exists(_path).ShouldBeTrue();
        await server.App.StopAsync().Within();

        File.Exists(_path).ShouldBeFalse();
    }

    [Theory]
    [AllTransports]
    public async Task A_file_that_is_there_already_is_an_address_in_use(TransportKind kind)
    {
        await using var server = await StartAsync(kind);

        var exception = await Should.ThrowAsync<IOException>(() => StartAsync(kind));

        exception.InnerException.ShouldBeOfType<Microsoft.AspNetCore.Connections.AddressInUseException>();
        (await GetAsync()).ShouldEndWith("over a file");
    }

    [Theory]
    [OurTransport]
    public async Task An_abort_is_an_end_where_there_are_no_resets(TransportKind kind)
    {
        await using var server = await StartAsync(kind, context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(_path));

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");

        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    public void Dispose() => File.Delete(_path);

    private Task<Server> StartAsync(TransportKind kind, RequestDelegate? request = null) => Server.StartAsync(
        kind,
        app => app.Run(request ?? (context => context.Response.WriteAsync("over a file"))),
        (KestrelServerOptions options) => options.ListenUnixSocket(_path),
        listens: false);

    private async Task<string> GetAsync()
    {
        using var client = await RawClient.ConnectAsync(new UnixDomainSocketEndPoint(_path));
        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        return await client.ReadToEndAsync();
    }
}
