using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Mapping;

public class EndpointOptionsTests
{
    public static TheoryData<string> Forms => ["/handler", "/type", "/delegate", "/loop"];

    [Theory, MemberData(nameof(Forms))]
    public async Task An_endpoints_options_begin_as_the_applications_and_can_be_changed(string path)
    {
        await using var app = Start(options =>
        {
            options.Subprotocols.ShouldBe(["v1"]);
            options.Subprotocols.Add("v2");
            options.MaxMessageSize = 4;
        });
        await using var socket = await app.ConnectAsync(path, options => options.Subprotocols.Add("v2"));
        socket.Subprotocol.ShouldBe("v2");
        await socket.SendTextAsync("1234");
        await socket.ExpectTextAsync("1234");
        await socket.SendTextAsync("12345");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Theory, MemberData(nameof(Forms))]
    public async Task An_endpoint_without_options_of_its_own_has_the_applications(string path)
    {
        await using var app = Start(null);
        await using var socket = await app.ConnectAsync(path, options => options.Subprotocols.Add("v2"));
        socket.Subprotocol.ShouldBeNull();
        await socket.SendTextAsync("12345678");
        await socket.ExpectTextAsync("12345678");
        await socket.SendTextAsync("123456789");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task One_endpoints_options_do_not_change_anothers()
    {
        await using var app = TestApp.Mapping(routes =>
        {
            routes.MapRawWebSocket("/small", ScriptedHandler.Echo(), options =>
            {
                options.MaxMessageSize = 1;
                options.Subprotocols.Add("small");
            });
            routes.MapRawWebSocket("/large", ScriptedHandler.Echo());
        });
        await using var socket = await app.ConnectAsync("/large", options => options.Subprotocols.Add("small"));
        socket.Subprotocol.ShouldBeNull();
        await socket.SendTextAsync("12345");
        await socket.ExpectTextAsync("12345");
    }

    private static TestApp Start(Action<RawWebSocketOptions>? options) => TestApp.Mapping(
        routes =>
        {
            routes.MapRawWebSocket("/handler", ScriptedHandler.Echo(), options);
            routes.MapRawWebSocket<EchoHandler>("/type", options);
            routes.MapRawWebSocket("/delegate", EchoWithReceiveAsync, options);
            routes.MapRawWebSocket("/loop", EchoWithLoopAsync, options);
        },
        builder => builder.Services.AddRawWebSockets(all =>
        {
            all.MaxMessageSize = 8;
            all.Subprotocols.Add("v1");
        }));

    private static async Task EchoWithReceiveAsync(WebSocketConnection connection)
    {
        while (await connection.ReceiveAsync(connection.Closed) is { } message)
        {
            await connection.SendAsync(message);
        }
    }

    private static async Task EchoWithLoopAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection.ReadAllAsync())
        {
            await connection.SendAsync(message);
        }
    }

    private sealed class EchoHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await connection.SendAsync(message);
    }
}
