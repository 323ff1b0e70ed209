using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Opening;

public class SetupTests
{
    [Fact]
    public async Task Without_the_middleware_an_endpoint_says_what_is_missing()
    {
        await using var app = new TestApp(app => app.MapRawWebSocket("/chat", ScriptedHandler.Echo()));
        (await app.ExpectRefusalAsync("/chat")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        ShouldNameTheMiddleware(app, "/chat");
    }

    [Fact]
    public async Task With_the_middleware_after_UseEndpoints_an_endpoint_says_what_is_wrong()
    {
        await using var app = new TestApp(app =>
        {
            app.UseRouting();
            MapTheOldWay(app);
            app.UseRawWebSockets();
        });
        (await app.ExpectRefusalAsync("/chat")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        ShouldNameTheMiddleware(app, "/chat");
    }

    [Fact]
    public async Task With_the_middleware_before_UseEndpoints_it_works()
    {
        await using var app = new TestApp(app =>
        {
            app.UseRouting();
            app.UseRawWebSockets();
            MapTheOldWay(app);
        });
        await ShouldEchoAsync(app, "/chat");
    }

    [Fact]
    public async Task Another_middleware_may_still_choose_another_endpoint()
    {
        await using var app = new TestApp(app =>
        {
            app.UseRouting();
            app.UseRawWebSockets();
            app.Use((context, next) =>
            {
                var endpoints = context.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints;
                context.SetEndpoint(endpoints.OfType<RouteEndpoint>().Single(endpoint => endpoint.RoutePattern.RawText == "/new"));
                return next(context);
            });
            app.MapRawWebSocket("/chat", new ScriptedHandler());
            app.MapRawWebSocket("/new", ScriptedHandler.Echo());
        });
        await ShouldEchoAsync(app, "/chat");
    }

    [Fact]
    public async Task In_a_web_application_the_middleware_may_come_after_the_endpoints_are_mapped()
    {
        await using var app = new TestApp(app =>
        {
            app.MapRawWebSocket("/chat", ScriptedHandler.Echo());
            app.UseRawWebSockets();
        });
        await ShouldEchoAsync(app, "/chat");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Without_the_services_endpoints_work_with_defaults(ServerKind kind)
    {
        await using var app = new TestApp(
            app =>
            {
                app.UseRawWebSockets();
                app.MapRawWebSocket("/chat", ScriptedHandler.Echo());
            },
            kind: kind);
        await ShouldEchoAsync(app, "/chat");
        app.Services.GetService<WebSocketGroups>().ShouldBeNull();
    }

    [Fact]
    public async Task Using_the_middleware_twice_is_harmless()
    {
        await using var app = TestApp.Mapping(routes =>
        {
            routes.UseRawWebSockets();
            routes.MapRawWebSocket("/chat", ScriptedHandler.Echo());
        });
        await ShouldEchoAsync(app, "/chat");
        (await app.ExpectRefusalAsync("/nowhere")).Body.ShouldBe("No WebSocket endpoint is mapped at this path.\n");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_websocket_request_that_finds_no_endpoint_gets_a_404_in_words(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        var refusal = await app.ExpectRefusalAsync("/nowhere");
        refusal.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        refusal.Headers.ContentType.ToString().ShouldBe("text/plain; charset=utf-8");
        refusal.Body.ShouldBe("No WebSocket endpoint is mapped at this path.\n");
        (await app.Log.FirstAsync(9)).Message.ShouldContain("/nowhere");
    }

    [Fact]
    public async Task A_plain_request_that_finds_no_endpoint_is_nobodys_business()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        using var client = app.CreateClient();
        using var response = await client.GetAsync("/nowhere");
        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadAsStringAsync()).ShouldBeEmpty();
        app.Log.Entries.ShouldNotContain(entry => entry.IsOurs);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_plain_GET_is_told_to_upgrade(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var client = app.CreateClient();
        using var response = await client.GetAsync("/");
        response.StatusCode.ShouldBe(HttpStatusCode.UpgradeRequired);
        response.Headers.Upgrade.ShouldBe([new ProductHeaderValue("websocket")]);
        (await response.Content.ReadAsStringAsync()).ShouldBe(
            "This is a WebSocket endpoint; the request needs the header Upgrade: websocket.\n");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_POST_is_told_to_be_a_GET(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        using var client = app.CreateClient();
        using var response = await client.PostAsync("/", new StringContent("body"));
        response.StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        response.Content.Headers.Allow.ShouldBe(["GET"]);
    }

    [Fact]
    public async Task Other_endpoints_in_the_application_go_on_as_usual()
    {
        await using var app = TestApp.Mapping(routes =>
        {
            routes.MapRawWebSocket("/chat", ScriptedHandler.Echo());
            routes.MapGet("/page", () => "a page");
        });
        using var client = app.CreateClient();
        (await client.GetStringAsync("/page")).ShouldBe("a page");
        await ShouldEchoAsync(app, "/chat");
    }

    [Fact]
    public async Task The_servers_own_websockets_live_beside_it_in_one_application()
    {
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseWebSockets();
                routes.MapRawWebSocket("/raw", ScriptedHandler.Echo());
                routes.MapGet("/built-in", BuiltInEchoAsync);
            },
            kind: ServerKind.Kestrel);
        await ShouldEchoAsync(app, "/raw");
        await ShouldEchoAsync(app, "/built-in");
    }

    [Fact]
    public async Task On_TestServer_without_the_test_kit_a_connection_is_refused_with_advice()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        using var client = app.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Upgrade.ParseAdd("websocket");
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var response = await client.SendAsync(request);
        response.StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
        (await response.Content.ReadAsStringAsync()).ShouldContain("In tests with TestServer, connect through RawWebSocket.Testing.");
    }

    [Fact]
    public async Task TestServers_own_client_is_refused_or_fails_in_words()
    {
        await using var app = TestApp.With(ScriptedHandler.Echo());
        var client = ((TestServer)app.Server).CreateWebSocketClient();
        var thrown = await Should.ThrowAsync<InvalidOperationException>(
            () => client.ConnectAsync(new Uri(app.Server.BaseAddress, "/"), CancellationToken.None));
        thrown.Message.ShouldContain("50");
    }

    private static void ShouldNameTheMiddleware(TestApp app, string pattern)
    {
        var exception = app.Log.Problems.ShouldHaveSingleItem().Exception.ShouldBeOfType<InvalidOperationException>();
        exception.Message.ShouldContain($"'{pattern}'");
        exception.Message.ShouldContain("app.UseRawWebSockets()");
    }

    private static void MapTheOldWay(WebApplication app) =>
#pragma warning disable ASP0014 // The rule wants top-level registrations; this is about applications that do without.
        app.UseEndpoints(endpoints => endpoints.MapRawWebSocket("/chat", ScriptedHandler.Echo()));
#pragma warning restore ASP0014

    private static async Task ShouldEchoAsync(TestApp app, string path)
    {
        await using var socket = await app.ConnectAsync(path);
        await socket.SendTextAsync("echo");
        await socket.ExpectTextAsync("echo");
        await socket.CloseAsync();
    }

    private static async Task BuiltInEchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[100];
        while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { CloseStatus: null } received)
        {
            await socket.SendAsync(buffer.AsMemory(0, received.Count), received.MessageType, received.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }
}
