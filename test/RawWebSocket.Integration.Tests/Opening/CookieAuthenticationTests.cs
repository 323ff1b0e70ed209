using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Opening;

/// <summary>A client of a WebSocket cannot follow a redirect to a page that asks for a password.</summary>
public class CookieAuthenticationTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_handshake_without_a_cookie_gets_401_and_not_the_way_to_a_login_page(ServerKind kind)
    {
        await using var app = Start(kind);
        foreach (var path in new[] { "/instance", "/type", "/delegate", "/group/one" })
        {
            (await app.ExpectRefusalAsync(path)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized, path);
        }
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_cookie_that_does_not_suffice_gets_403(ServerKind kind)
    {
        await using var app = Start(kind);
        using var browser = app.CreateBrowser();
        using var signedIn = await browser.GetAsync("/in");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        (await app.ExpectRefusalAsync("/admins", options => options.Headers.Cookie = cookie)).StatusCode
            .ShouldBe(HttpStatusCode.Forbidden);
        await using var socket = await app.ConnectAsync("/instance", options => options.Headers.Cookie = cookie);
        await socket.SendTextAsync("in");
        await socket.ExpectTextAsync("in");
    }

    [Fact]
    public async Task Over_http_2_it_is_the_same()
    {
        await using var app = Start(ServerKind.KestrelWithTls);
        var refused = await Should.ThrowAsync<WebSocketException>(() => Http2.ConnectAsync(app, "/instance"));
        refused.ToString().ShouldContain("401");
    }

    [Fact]
    public async Task Pages_still_lead_to_the_login_page_and_so_does_an_endpoint_that_says_so()
    {
        await using var app = Start(ServerKind.InMemory);
        using var browser = app.CreateBrowser();
        using var page = await browser.GetAsync("/page");
        page.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        (await app.ExpectRefusalAsync("/redirecting")).StatusCode.ShouldBe(HttpStatusCode.Redirect);
    }

    private static TestApp Start(ServerKind kind) => TestApp.Mapping(
        routes =>
        {
            routes.MapGet("/in", () => Microsoft.AspNetCore.Http.Results.SignIn(
                new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, "ada")], "password"))));
            routes.MapGet("/page", () => "secret").RequireAuthorization();
            routes.MapRawWebSocket("/instance", ScriptedHandler.Echo()).RequireAuthorization();
            routes.MapRawWebSocket<EchoHandler>("/type").RequireAuthorization();
            routes.MapRawWebSocket("/delegate", connection => connection.ReceiveAsync().AsTask()).RequireAuthorization();
            routes.MapGroup("/group").RequireAuthorization().MapRawWebSocket("/one", ScriptedHandler.Echo());
            routes.MapRawWebSocket("/admins", ScriptedHandler.Echo()).RequireAuthorization(policy => policy.RequireRole("admin"));
            routes.MapRawWebSocket("/redirecting", ScriptedHandler.Echo()).RequireAuthorization().AllowCookieRedirect();
        },
        builder =>
        {
            builder.Services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
            builder.Services.AddAuthorization();
        },
        kind);

    private sealed class EchoHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await connection.SendAsync(message);
    }
}
