using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;

namespace RawWebSocket.Testing.Tests;

/// <summary>The ways to a server besides a factory.</summary>
public class HostTests
{
    [Fact]
    public async Task A_test_server_can_be_connected_to()
    {
        await using var app = await StartAsync(web => web.UseTestServer(options => options.BaseAddress = new Uri("https://example.com/")));
        await using var socket = await app.GetTestServer().ConnectRawWebSocketAsync("/echo");
        await socket.ExpectTextAsync("https example.com /echo");
        await Should.ThrowAsync<HandshakeRefusedException>(() => app.GetTestServer().ConnectRawWebSocketAsync("/no"));
        (await app.GetTestServer().ExpectRawWebSocketRefusalAsync("/no")).Body.ShouldBe("");
    }

    [Theory]
    [InlineData("http://127.0.0.1:0")]
    [InlineData("http://[::1]:0")]
    [InlineData("http://*:0")]
    [InlineData("http://0.0.0.0:0")]
    public async Task A_host_on_kestrel_can_be_connected_to(string address)
    {
        await using var app = await StartAsync(web => web.UseKestrel().UseUrls(address));
        await using var socket = await app.ConnectRawWebSocketAsync("/echo");
        (await socket.ExpectTextAsync()).ShouldEndWith("/echo");
        await app.ExpectRawWebSocketRefusalAsync("/no");
    }

    [Fact]
    public async Task A_host_on_a_test_server_can_be_connected_to()
    {
        await using var app = await StartAsync(web => web.UseTestServer());
        await using var socket = await app.ConnectRawWebSocketAsync("/echo", options => options.Headers.Host = "other:81");
        await socket.ExpectTextAsync("http other:81 /echo");
        await app.ExpectRawWebSocketRefusalAsync("/no");
    }

    [Fact]
    public async Task A_host_that_was_not_started_is_a_mistake_of_the_test()
    {
        await using var app = WebApplication.CreateSlimBuilder().Build();
        await Should.ThrowAsync<InvalidOperationException>(() => app.ConnectRawWebSocketAsync("/"));
    }

    [Fact]
    public async Task Over_kestrel_the_remote_address_cannot_be_chosen()
    {
        await using var factory = new EndpointFactory(ServerKind.Kestrel, RawPeer.EchoAsync);
        await Should.ThrowAsync<InvalidOperationException>(
            () => factory.ConnectRawWebSocketAsync("/", options => options.RemoteIpAddress = System.Net.IPAddress.Loopback));
    }

    [Fact]
    public async Task A_factory_in_memory_takes_scheme_and_host_from_its_client_options()
    {
        await using var factory = new EndpointFactory(ServerKind.InMemory, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.WriteTextAsync($"{context.Request.Scheme} {context.Request.Host}");
        });
        factory.ClientOptions.BaseAddress = new Uri("https://chat.example:8443");
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectTextAsync("https chat.example:8443");
    }

    private static async Task<WebApplication> StartAsync(Action<IWebHostBuilder> configure)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        configure(builder.WebHost);
        var app = builder.Build();
        app.Map("/echo", branch => branch.Run(async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            var request = context.Request;
            await peer.WriteTextAsync($"{request.Scheme} {request.Host} {request.PathBase}{request.Path}");
        }));
        await app.StartAsync();
        return app;
    }
}
