using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>A cookie of 8 seconds that slides is renewed by the handshake itself once more than half of its time has passed.</summary>
public class SlidingCookieTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly ManualTimeProvider _time = new();

    [Theory]
    [InlineData("plain", ServerKind.InMemory)]
    [InlineData("plain", ServerKind.Kestrel)]
    [InlineData("in chunks", ServerKind.Kestrel)]
    [InlineData("kept by the server", ServerKind.InMemory)]
    [InlineData("scheme of the endpoint", ServerKind.InMemory)]
    [InlineData("policy scheme", ServerKind.InMemory)]
    [InlineData("other cookies beside it", ServerKind.InMemory)]
    [InlineData("what is no cookie beside it", ServerKind.InMemory)]
    public async Task A_connection_whose_handshake_renews_the_cookie_lives_the_renewed_time(string cookies, ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, cookies, kind);
        var cookie = await SignInAsync(app);
        _time.Advance(5 * Second);
        await using var socket = await app.ConnectAsync(configure: options => options.Headers.Cookie = cookie);
        socket.ResponseHeaders.SetCookie.ToString().ShouldContain("session=");
        await handler.Opened;
        _time.Advance(7 * Second);
        await socket.SendTextAsync("alive");
        await socket.ExpectTextAsync("alive");
        _time.Advance(Second);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation, "The authentication has expired.");
        (await handler.Closed).Limit.ShouldBe(WebSocketLimit.Authentication);
    }

    [Fact]
    public async Task So_it_does_over_http_2()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, "plain", ServerKind.KestrelWithTls);
        var cookie = await SignInAsync(app);
        _time.Advance(5 * Second);
        using var client = await Http2.ConnectAsync(app, "/", options => options.SetRequestHeader("Cookie", cookie));
        await handler.Opened;
        _time.Advance(7 * Second);
        await client.ShouldEchoAsync("alive");
        _time.Advance(Second);
        (await client.ReceiveAsync(new byte[10], CancellationToken.None).Within()).CloseStatus
            .ShouldBe(WebSocketCloseStatus.PolicyViolation);
    }

    [Theory]
    [InlineData("plain", 3)]
    [InlineData("scheme of the endpoint", 3)]
    [InlineData("not sliding", 5)]
    [InlineData("signed out", 5)]
    public async Task One_whose_handshake_does_not_lives_as_long_as_the_cookie_had_left(string cookies, int age)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, cookies, ServerKind.InMemory);
        var cookie = await SignInAsync(app);
        _time.Advance(age * Second);
        await using var socket = await app.ConnectAsync(configure: options => options.Headers.Cookie = cookie);
        await handler.Opened;
        _time.Advance((7 - age) * Second);
        await socket.SendTextAsync("alive");
        await socket.ExpectTextAsync("alive");
        _time.Advance(Second);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation, "The authentication has expired.");
    }

    [Fact]
    public async Task A_cookie_manager_that_fails_costs_nobody_the_connection()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, "broken manager", ServerKind.InMemory);
        var cookie = await SignInAsync(app);
        _time.Advance(5 * Second);
        await using var socket = await app.ConnectAsync(configure: options => options.Headers.Cookie = cookie);
        await socket.SendTextAsync("alive");
        await socket.ExpectTextAsync("alive");
        (await app.Log.FirstAsync(40)).Exception.ShouldNotBeNull().Message.ShouldBe("Read twice.");
        _time.Advance(3 * Second);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.PolicyViolation, "The authentication has expired.");
    }

    private static async Task<string> SignInAsync(TestApp app)
    {
        using var browser = app.CreateBrowser();
        using var response = await browser.GetAsync("/in").Within();
        return string.Join("; ", response.Headers.GetValues("Set-Cookie").Select(line => line.Split(';')[0]));
    }

    private TestApp Start(IWebSocketHandler handler, string cookies, ServerKind kind) => TestApp.Mapping(
        routes =>
        {
            routes.Use(async (context, next) =>
            {
                if (cookies == "other cookies beside it")
                {
                    context.Response.Cookies.Append("session2", "another");
                }
                else if (cookies == "what is no cookie beside it")
                {
                    context.Response.Headers.SetCookie = "no cookie, at all";
                }
                else if (cookies == "signed out" && context.Request.Path == "/")
                {
                    await context.AuthenticateAsync("Cookies");
                    await context.SignOutAsync("Cookies");
                }

                await next(context);
            });
            routes.MapGet("/in", () => Results.SignIn(User(cookies), authenticationScheme: "Cookies"));
            var endpoint = routes.MapRawWebSocket("/", handler, options => options.KeepAliveInterval = Timeout.InfiniteTimeSpan);
            _ = cookies == "scheme of the endpoint"
                ? endpoint.RequireAuthorization(policy => policy.AddAuthenticationSchemes("Cookies").RequireAuthenticatedUser())
                : endpoint.RequireAuthorization();
        },
        builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));
            var usual = cookies switch { "policy scheme" => "Chosen", "scheme of the endpoint" => null, _ => "Cookies" };
            builder.Services.AddAuthorization();
            builder.Services.AddAuthentication(options => options.DefaultScheme = usual)
                .AddPolicyScheme("Chosen", null, options => options.ForwardDefault = "Cookies")
                .AddCookie("Cookies", options =>
                {
                    options.Cookie.Name = "session";
                    options.ExpireTimeSpan = 8 * Second;
                    options.SlidingExpiration = cookies != "not sliding";
                    options.CookieManager = cookies == "broken manager" ? new BrokenManager() : new ChunkingCookieManager();
                    options.SessionStore = cookies == "kept by the server" ? new Store() : null;
                });
        },
        kind);

    private static ClaimsPrincipal User(string cookies) => new(new ClaimsIdentity(
        [new(ClaimTypes.NameIdentifier, "ada"), new("notes", cookies == "in chunks" ? new string('n', 6000) : "few")], "password"));

    /// <summary>Reads the cookie of one request only.</summary>
    private sealed class BrokenManager : ICookieManager
    {
        private readonly ChunkingCookieManager _manager = new();
        private int _reads;

        public string? GetRequestCookie(HttpContext context, string key) =>
            context.Request.Path == "/in" || _reads++ == 0
                ? _manager.GetRequestCookie(context, key)
                : throw new InvalidOperationException("Read twice.");

        public void AppendResponseCookie(HttpContext context, string key, string? value, CookieOptions options) =>
            _manager.AppendResponseCookie(context, key, value, options);

        public void DeleteCookie(HttpContext context, string key, CookieOptions options) =>
            _manager.DeleteCookie(context, key, options);
    }

    private sealed class Store : ITicketStore
    {
        private readonly ConcurrentDictionary<string, AuthenticationTicket> _tickets = new();

        public Task<string> StoreAsync(AuthenticationTicket ticket)
        {
            var key = Guid.NewGuid().ToString();
            _tickets[key] = ticket;
            return Task.FromResult(key);
        }

        public Task RenewAsync(string key, AuthenticationTicket ticket)
        {
            _tickets[key] = ticket;
            return Task.CompletedTask;
        }

        public Task<AuthenticationTicket?> RetrieveAsync(string key) => Task.FromResult(_tickets.GetValueOrDefault(key));

        public Task RemoveAsync(string key)
        {
            _tickets.TryRemove(key, out _);
            return Task.CompletedTask;
        }
    }
}
