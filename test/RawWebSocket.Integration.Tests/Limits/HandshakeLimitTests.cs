using System.Net;
using Microsoft.AspNetCore.Hosting;

namespace RawWebSocket.Integration.Tests.Limits;

public class HandshakeLimitTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task Too_many_bytes_of_headers_get_431(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), options => options.MaxHandshakeHeaderBytes = 1000, kind: kind);
        using var metrics = new RecordedMetrics(app);
        var refusal = await app.ExpectRefusalAsync("/", options => options.Cookies["c"] = new string('x', 1000));
        refusal.StatusCode.ShouldBe(HttpStatusCode.RequestHeaderFieldsTooLarge);
        refusal.Body.ShouldEndWith("the limit is 1000 (MaxHandshakeHeaderBytes).\n");
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=header_bytes");
        (await app.Log.FirstAsync(3)).Message.ShouldContain("MaxHandshakeHeaderBytes");

        await using var socket = await app.ConnectAsync("/", options => options.Cookies["c"] = new string('x', 500));
        await socket.CloseAsync();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Too_many_offers_get_400(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var metrics = new RecordedMetrics(app);
        var refusal = await app.ExpectRefusalAsync(
            "/", options => options.Headers.SecWebSocketProtocol = string.Join(", ", Enumerable.Range(0, 33)));
        refusal.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        refusal.Body.ShouldBe("The Sec-WebSocket-Protocol header has 33 offers; the limit is 32 (MaxHandshakeOffers).\n");
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=subprotocol_offers");

        await app.ExpectRefusalAsync(
            "/", options => options.Headers.SecWebSocketExtensions = string.Join(", ", Enumerable.Range(0, 33)));
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=extension_offers");
    }

    [Fact]
    public async Task Over_kestrel_an_opening_request_that_is_never_finished_ends_with_its_time()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(
            handler,
            services: builder => builder.WebHost.ConfigureKestrel(
                kestrel => kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromMilliseconds(200)),
            kind: ServerKind.Kestrel);
        using var client = await RawHttpClient.ConnectAsync(app);
        await client.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgr");
        (await client.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 408 Request Timeout\r\n");
        handler.Calls.ShouldBeEmpty();
    }
}
