using System.Net;

namespace RawWebSocket.Integration.Tests.Opening;

public class RequestSnapshotTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task The_request_can_be_read_after_the_connection_has_ended(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.Mapping(
            routes => routes.MapRawWebSocket("/rooms/{room}", handler), builder => TestAuthentication.AddTo(builder.Services), kind);
        await using (var socket = await app.ConnectAsync("/rooms/blue?a=1&a=2&b=%C3%A4", options =>
        {
            options.Headers["X-Custom"] = "custom";
            options.Headers[TestAuthentication.Header] = "ada";
            options.Headers.Host = "chat.example:8080";
            options.Cookies["c"] = "d";
        }))
        {
            await socket.CloseAsync();
            await handler.Closed;
        }

        // Other requests, so that a server that reuses its contexts has done so.
        for (var i = 0; i < 3; i++)
        {
            await app.ExpectRefusalAsync("/nowhere");
        }

        var request = (await handler.Opened).Request;
        request.Path.Value.ShouldBe("/rooms/blue");
        request.PathBase.Value.ShouldBe("");
        request.RouteValues["room"].ShouldBe("blue");
        request.QueryString.Value.ShouldBe("?a=1&a=2&b=%C3%A4");
        request.Query["a"].ShouldBe(["1", "2"]);
        request.Query["b"].ShouldBe(["ä"]);
        request.Query["c"].ShouldBeEmpty();
        request.Headers["x-custom"].ShouldBe(["custom"]);
        request.Headers["X-None"].ShouldBeEmpty();
        request.Headers["Cookie"].ShouldBe(["c=d"]);
        request.Headers.ShouldContain(header => header.Key == "Sec-WebSocket-Version");
        request.User.Identity!.Name.ShouldBe("ada");
        request.Scheme.ShouldBe("http");
        request.Host.Value.ShouldBe("chat.example:8080");
        request.TraceIdentifier.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task Over_kestrel_the_peers_address_is_known()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync();
        var request = (await handler.Opened).Request;
        IPAddress.IsLoopback(request.RemoteIpAddress!).ShouldBeTrue();
        request.RemotePort.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Over_tls_the_scheme_is_https()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: ServerKind.KestrelWithTls);
        await using var socket = await app.ConnectAsync();
        (await handler.Opened).Request.Scheme.ShouldBe("https");
    }

    [Fact]
    public async Task In_memory_the_peer_has_the_address_it_was_given_or_none()
    {
        await using var app = TestApp.With(connection => connection.SendTextAsync(
            $"{connection.Request.RemoteIpAddress?.ToString() ?? "none"}").AsTask());
        await using var given = await app.ConnectAsync("/", options => options.RemoteIpAddress = IPAddress.Parse("10.1.2.3"));
        await given.ExpectTextAsync("10.1.2.3");
        await using var none = await app.ConnectAsync();
        await none.ExpectTextAsync("none");
    }

    [Fact]
    public async Task Connections_have_ids_of_their_own()
    {
        await using var app = TestApp.With(connection => connection.SendTextAsync(connection.Id).AsTask());
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        (await first.ExpectTextAsync()).ShouldNotBe(await second.ExpectTextAsync());
    }
}
