using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>How many connections there may be: in all, from one address, of one user, and by Kestrel's own count.</summary>
public class ConnectionLimitTests
{
    private const string Here = "192.0.2.1";

    private readonly Recorder<string> _ended = new();

    [Theory, InMemoryAndOverKestrel]
    public async Task One_connection_too_many_is_a_503_until_another_has_ended(ServerKind kind)
    {
        await using var app = Start(server => server.MaxConnections = 2, kind);
        using var metrics = new RecordedMetrics(app);
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        var refusal = await app.ExpectRefusalAsync();
        refusal.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refusal.Body.ShouldBe("The server has as many connections as it allows, 2 (MaxConnections).\n");
        ShouldSayWhenToComeBack(refusal);
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=connections");
        (await app.Log.FirstAsync(3)).Message.ShouldContain("MaxConnections");

        await first.CloseAsync();
        await _ended.CountAsync(2);
        await using var third = await app.ConnectAsync();
        await second.DropAsync();
        await _ended.CountAsync(3);
        await using var fourth = await app.ConnectAsync();
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Fact]
    public async Task One_address_may_have_so_many_and_another_as_many_again()
    {
        await using var app = Start(server => server.MaxConnectionsPerAddress = 1);
        using var metrics = new RecordedMetrics(app);
        await using var first = await app.ConnectAsync("/", From(Here));
        var refusal = await app.ExpectRefusalAsync("/", From($"::ffff:{Here}"));
        refusal.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refusal.Body.ShouldContain("(MaxConnectionsPerAddress)");
        ShouldSayWhenToComeBack(refusal);
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=connections_per_address");
        await using var other = await app.ConnectAsync("/", From("192.0.2.2"));

        await first.CloseAsync();
        await _ended.CountAsync(2);
        await using var again = await app.ConnectAsync("/", From(Here));
    }

    [Fact]
    public async Task Who_has_no_address_or_comes_from_this_machine_is_not_counted_by_it()
    {
        await using var app = Start(server => server.MaxConnectionsPerAddress = 1);
        await using var first = await app.ConnectAsync();
        await using var second = await app.ConnectAsync();
        await using var third = await app.ConnectAsync("/", From("127.0.0.1"));
        await using var fourth = await app.ConnectAsync("/", From("127.0.0.1"));
    }

    [Fact]
    public async Task Over_kestrel_this_machine_is_counted_by_its_address_when_asked_for()
    {
        await using var app = Start(
            server =>
            {
                server.MaxConnectionsPerAddress = 1;
                server.CountLoopback = true;
            },
            ServerKind.Kestrel);
        await using var first = await app.ConnectAsync();
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Behind_a_proxy_the_address_is_the_one_that_it_forwards(ServerKind kind)
    {
        await using var app = Start(server => server.MaxConnectionsPerAddress = 1, kind, forwards: true);
        await using var first = await app.ConnectAsync("/", Forwarded("2001:db8:1:2::1", kind));
        (await app.ExpectRefusalAsync("/", Forwarded("2001:db8:1:2::ffff", kind))).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        await using var neighbour = await app.ConnectAsync("/", Forwarded("2001:db8:1:3::1", kind));
        await using var proxy = await app.ConnectAsync("/", kind == ServerKind.InMemory ? From("127.0.0.1") : null);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task One_user_may_have_so_many_from_wherever(ServerKind kind)
    {
        await using var app = Start(server => server.MaxConnectionsPerUser = 1, kind);
        using var metrics = new RecordedMetrics(app);
        await using var first = await app.ConnectAsync("/", As("ada"));
        var refusal = await app.ExpectRefusalAsync("/", As("ada"));
        refusal.StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        refusal.Body.ShouldBe("This user has as many connections as one may have, 1 (MaxConnectionsPerUser).\n");
        ShouldSayWhenToComeBack(refusal);
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=connections_per_user");
        await using var grace = await app.ConnectAsync("/", As("grace"));
        await using var nobody = await app.ConnectAsync();
        await using var nobodyElse = await app.ConnectAsync();

        await first.DropAsync();
        await _ended.CountAsync(2);
        await using var again = await app.ConnectAsync("/", As("ada"));
    }

    [Fact]
    public async Task All_endpoints_share_the_limits()
    {
        await using var app = Start(server => server.MaxConnections = 1);
        await using var first = await app.ConnectAsync();
        (await app.ExpectRefusalAsync("/other")).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
    }

    [Theory]
    [InlineData("/broken-handler", HttpStatusCode.InternalServerError)]
    [InlineData("/broken-upgrade", HttpStatusCode.InternalServerError)]
    public async Task What_fails_before_the_101_keeps_no_place(string path, HttpStatusCode status)
    {
        await using var app = Start(server => server.MaxConnections = server.MaxConnectionsPerAddress = server.MaxConnectionsPerUser = 1);
        for (var i = 1; i <= 3; i++)
        {
            var refusal = await app.ExpectRefusalAsync(path, As("ada") + From(Here));
            refusal.StatusCode.ShouldBe(status);
            refusal.Headers.SecWebSocketAccept.ShouldBeEmpty();
            await _ended.CountAsync(i);
        }

        await using var socket = await app.ConnectAsync("/", As("ada") + From(Here));
        await socket.SendTextAsync("in");
        await socket.ExpectTextAsync("in");
    }

    [Fact]
    public async Task What_breaks_after_the_101_keeps_no_place_either()
    {
        await using var app = Start(server => server.MaxConnections = 1);
        for (var i = 1; i <= 3; i++)
        {
            await using var socket = await app.ConnectAsync("/broken-delegate");
            await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
            await socket.ExpectEndAsync();
            await _ended.CountAsync(i);
        }
    }

    [Fact]
    public async Task Kestrels_own_limit_is_a_503_too()
    {
        await using var app = Start(
            _ => { },
            ServerKind.Kestrel,
            services: builder => builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1));
        using var metrics = new RecordedMetrics(app);
        await using var first = await app.ConnectAsync();
        var refusal = await app.ExpectRefusalAsync();
        refusal.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refusal.Body.ShouldBe("The server has as many upgraded connections as it allows (MaxConcurrentUpgradedConnections).\n");
        ShouldSayWhenToComeBack(refusal);
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=upgraded_connections");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upgrade_that_fails_without_such_a_limit_is_not_taken_for_it()
    {
        await using var app = Start(_ => { });
        (await app.ExpectRefusalAsync("/broken-upgrade")).StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        var problem = app.Log.Problems.ShouldHaveSingleItem();
        problem.Exception.ShouldBeOfType<InvalidOperationException>().Message.ShouldBe("on purpose");
    }

    private static void ShouldSayWhenToComeBack(HandshakeRefusal refusal) =>
        int.Parse(refusal.Headers.RetryAfter.ToString(), CultureInfo.InvariantCulture).ShouldBeInRange(10, 15);

    private static Action<TestWebSocketOptions> From(string address) => options => options.RemoteIpAddress = IPAddress.Parse(address);

    private static Action<TestWebSocketOptions> As(string user) => options => options.Headers[TestAuthentication.Header] = user;

    // The proxy runs on this machine: over a socket it does, and in memory it is said to.
    private static Action<TestWebSocketOptions> Forwarded(string address, ServerKind kind)
    {
        Action<TestWebSocketOptions> forwarded = options => options.Headers["X-Forwarded-For"] = address;
        return kind == ServerKind.InMemory ? From("127.0.0.1") + forwarded : forwarded;
    }

    private TestApp Start(
        Action<RawWebSocketServerOptions> limits,
        ServerKind kind = ServerKind.InMemory,
        bool forwards = false,
        Action<WebApplicationBuilder>? services = null) => TestApp.Mapping(
        app =>
        {
            app.Use(next => async context =>
            {
                try
                {
                    if (context.Request.Path == "/broken-upgrade")
                    {
                        context.Features.Set<IHttpUpgradeFeature>(new BrokenUpgrade());
                    }

                    await next(context);
                }
                finally
                {
                    _ended.Add(context.Request.Path);
                }
            });
            if (forwards)
            {
                app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor });
            }

            app.UseAuthentication();
            app.MapRawWebSocket("/", ScriptedHandler.Echo());
            app.MapRawWebSocket("/other", ScriptedHandler.Echo());
            app.MapRawWebSocket("/broken-upgrade", ScriptedHandler.Echo());
            app.MapRawWebSocket<BrokenHandler>("/broken-handler");
            app.MapRawWebSocket("/broken-delegate", _ => throw new InvalidOperationException("on purpose"));
        },
        builder =>
        {
            TestAuthentication.AddTo(builder.Services);
            builder.Services.AddRawWebSockets(options => limits(options.Server));
            services?.Invoke(builder);
        },
        kind);

    private sealed class BrokenUpgrade : IHttpUpgradeFeature
    {
        public bool IsUpgradableRequest => true;

        public Task<Stream> UpgradeAsync() => throw new InvalidOperationException("on purpose");
    }

    private sealed class BrokenHandler : IWebSocketHandler
    {
        public BrokenHandler() => throw new InvalidOperationException("on purpose");

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;
    }
}
