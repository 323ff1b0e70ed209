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
    public async Task Cookies_with_which_a_page_loads_open_its_websocket_too(ServerKind kind)
    {
        await using var app = StartWithPage(kind);
        var cookies = Cookies(20_000);
        (await GetPageAsync(app, cookies)).ShouldBe(HttpStatusCode.OK);
        await using var socket = await app.ConnectAsync("/", options => options.Headers.Cookie = cookies);
        await socket.CloseAsync();
    }

    [Fact]
    public async Task So_they_do_over_http_2()
    {
        await using var app = StartWithPage(ServerKind.KestrelWithTls);
        using var client = await Http2.ConnectAsync(app, "/", options => options.SetRequestHeader("Cookie", Cookies(20_000)));
        await client.ShouldEchoAsync("in");
    }

    [Fact]
    public async Task Where_kestrel_is_told_to_take_more_so_do_websockets()
    {
        await using var app = StartWithPage(
            ServerKind.Kestrel,
            builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024));
        var cookies = Cookies(48_000);
        (await GetPageAsync(app, cookies)).ShouldBe(HttpStatusCode.OK);
        await using var socket = await app.ConnectAsync("/", options => options.Headers.Cookie = cookies);
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

    private static TestApp StartWithPage(ServerKind kind, Action<WebApplicationBuilder>? services = null) => TestApp.Mapping(
        routes =>
        {
            routes.MapGet("/page", () => "loaded");
            routes.MapRawWebSocket("/", ScriptedHandler.Echo());
        },
        services,
        kind);

    private static string Cookies(int bytes) =>
        string.Join("; ", Enumerable.Range(0, bytes / 4000).Select(number => $"chunk{number}={new string('c', 4000 - 10)}"));

    private static async Task<HttpStatusCode> GetPageAsync(TestApp app, string cookies)
    {
        using var browser = app.CreateBrowser();
        browser.DefaultRequestHeaders.Add("Cookie", cookies);
        using var page = await browser.GetAsync("/page").Within();
        return page.StatusCode;
    }
}
