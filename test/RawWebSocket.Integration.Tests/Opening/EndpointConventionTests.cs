using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Opening;

public class EndpointConventionTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_cors_policy_adds_its_headers_to_the_101(ServerKind kind)
    {
        const string Origin = "https://pages.example";
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseCors();
                routes.MapRawWebSocket("/", ScriptedHandler.Echo(), options => options.AllowedOrigins.Add(Origin)).RequireCors("pages");
            },
            builder => builder.Services.AddCors(cors => cors.AddPolicy("pages", policy => policy.WithOrigins(Origin).AllowCredentials())),
            kind);
        await using var socket = await app.ConnectAsync(configure: options => options.Origin = Origin);
        socket.ResponseHeaders.AccessControlAllowOrigin.ToString().ShouldBe(Origin);
        await socket.SendTextAsync("fine");
        await socket.ExpectTextAsync("fine");

        (await app.ExpectRefusalAsync("/", options => options.Origin = "https://elsewhere.example"))
            .StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_required_host_chooses_the_endpoint(ServerKind kind)
    {
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.MapRawWebSocket("/", connection => connection.SendTextAsync("a").AsTask()).RequireHost("a.example");
                routes.MapRawWebSocket("/", connection => connection.SendTextAsync("b").AsTask()).RequireHost("b.example");
            },
            kind: kind);
        await using var a = await app.ConnectAsync("/", options => options.Headers.Host = "a.example");
        await a.ExpectTextAsync("a");
        await using var b = await app.ConnectAsync("/", options => options.Headers.Host = "b.example");
        await b.ExpectTextAsync("b");
        (await app.ExpectRefusalAsync("/", options => options.Headers.Host = "c.example")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_rate_limit_holds_for_as_long_as_the_connection_lives(ServerKind kind)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseRateLimiter();
                routes.MapRawWebSocket("/", handler).RequireRateLimiting("one");
            },
            builder => builder.Services.AddRateLimiter(limits =>
            {
                limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
                limits.AddConcurrencyLimiter("one", one => one.PermitLimit = 1);
            }),
            kind);
        await using var first = await app.ConnectAsync();
        await first.SendTextAsync("in");
        await first.ExpectTextAsync("in");
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);

        await first.CloseAsync();
        await using var second = await app.ConnectAsync();
        await second.SendTextAsync("in now");
        await second.ExpectTextAsync("in now");
    }

    [Fact]
    public async Task Route_parameters_and_constraints_work()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket(
            "/rooms/{room}/{seat:int}", connection => connection.SendTextAsync(
                $"{connection.Request.RouteValues["room"]}, {connection.Request.RouteValues["seat"]}").AsTask()));
        await using var socket = await app.ConnectAsync("/rooms/blue%20room/7");
        await socket.ExpectTextAsync("blue room, 7");
        (await app.ExpectRefusalAsync("/rooms/blue/window")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Metadata_and_names_can_be_added()
    {
        await using var app = TestApp.Mapping(routes =>
        {
            routes.MapRawWebSocket("/plain", ScriptedHandler.Echo());
            routes.MapRawWebSocket("/named", ScriptedHandler.Echo()).WithName("named").WithMetadata("tagged").WithDisplayName("shown");
        });
        var endpoints = app.Services.GetRequiredService<EndpointDataSource>().Endpoints;
        endpoints.Select(endpoint => endpoint.DisplayName).ShouldBe(["WebSocket: /plain", "shown"]);
        endpoints[1].Metadata.GetMetadata<string>().ShouldBe("tagged");
        app.Services.GetRequiredService<LinkGenerator>().GetPathByName("named").ShouldBe("/named");
    }

    [Fact]
    public async Task An_endpoint_filter_runs_before_the_101_and_may_refuse()
    {
        await using var app = TestApp.Mapping(routes => routes.MapRawWebSocket("/", ScriptedHandler.Echo()).AddEndpointFilter(
            (context, next) => context.HttpContext.Request.Query.ContainsKey("token")
                ? next(context)
                : ValueTask.FromResult<object?>(Results.StatusCode(StatusCodes.Status402PaymentRequired))));
        (await app.ExpectRefusalAsync()).StatusCode.ShouldBe(HttpStatusCode.PaymentRequired);
        await using var socket = await app.ConnectAsync("/?token=1");
        await socket.SendTextAsync("through");
        await socket.ExpectTextAsync("through");
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_endpoint_below_a_path_base_works()
    {
        await using var app = new TestApp(
            app =>
            {
                app.UsePathBase("/base");
                app.UseRouting();
                app.UseRawWebSockets();
                app.MapRawWebSocket("/here", connection => connection.SendTextAsync(
                    $"{connection.Request.PathBase} {connection.Request.Path}").AsTask());
            },
            builder => builder.Services.AddRawWebSockets());
        await using var socket = await app.ConnectAsync("/base/here");
        await socket.ExpectTextAsync("/base /here");
    }

    [Fact]
    public async Task A_request_timeout_does_not_end_a_connection()
    {
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseRequestTimeouts();
                routes.MapRawWebSocket("/", handler).WithRequestTimeout(TimeSpan.FromMilliseconds(200));
                routes.MapGet("/slow", async (HttpContext context) =>
                {
                    await context.RequestAborted.CancelledAsync();
                    context.RequestAborted.ThrowIfCancellationRequested();
                }).WithRequestTimeout(TimeSpan.FromMilliseconds(200));
            },
            builder => builder.Services.AddRequestTimeouts());
        await using var socket = await app.ConnectAsync();

        // As long as a request of the same timeout takes to run into it.
        using var client = app.CreateClient();
        using var slow = await client.GetAsync("/slow");
        slow.StatusCode.ShouldBe(HttpStatusCode.GatewayTimeout);
        await socket.SendTextAsync("still here");
        await socket.ExpectTextAsync("still here");
    }
}
