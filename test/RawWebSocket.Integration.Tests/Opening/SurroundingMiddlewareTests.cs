using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.HttpLogging;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Opening;

/// <summary>Middleware made for requests runs around a connection for all its life, and must hold up neither it nor the next.</summary>
public class SurroundingMiddlewareTests
{
    [Theory]
    [InlineData("base policy")]
    [InlineData("base policy that caches everything")]
    [InlineData("group")]
    [InlineData("endpoint")]
    [InlineData("named policy and attribute")]
    public async Task Behind_output_caching_two_clients_of_one_address_are_both_let_in(string where)
    {
        await using var app = StartCached(where, ServerKind.Kestrel);
        await using var first = await app.ConnectAsync("/echo");
        await using var second = await app.ConnectAsync("/echo");
        await first.SendTextAsync("first");
        await first.ExpectTextAsync("first");
        await second.SendTextAsync("second");
        await second.ExpectTextAsync("second");
    }

    [Theory]
    [InlineData("base policy")]
    [InlineData("base policy that caches everything")]
    [InlineData("group")]
    public async Task So_they_are_over_http_2(string where)
    {
        await using var app = StartCached(where, ServerKind.KestrelWithTls);
        using var first = await Http2.ConnectAsync(app, "/echo");
        using var second = await Http2.ConnectAsync(app, "/echo");
        await first.ShouldEchoAsync("first");
        await second.ShouldEchoAsync("second");
    }

    [Fact]
    public async Task The_other_endpoints_of_a_cached_group_stay_cached()
    {
        var calls = 0;
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseOutputCache();
                var group = routes.MapGroup("").CacheOutput();
                group.MapRawWebSocket("/echo", ScriptedHandler.Echo());
                group.MapGet("/page", () => $"{Interlocked.Increment(ref calls)}");
            },
            builder => builder.Services.AddOutputCache());
        using var client = app.CreateClient();
        (await client.GetStringAsync("/page")).ShouldBe("1");
        (await client.GetStringAsync("/page")).ShouldBe("1");
    }

    [Theory]
    [InlineData(ServerKind.InMemory)]
    [InlineData(ServerKind.Kestrel)]
    [InlineData(ServerKind.KestrelWithTls)]
    public async Task All_of_them_together_hold_nobody_up(ServerKind kind)
    {
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.UseExceptionHandler("/error");
                routes.UseStatusCodePages();
                routes.UseHttpLogging();
                routes.UseResponseCompression();
                routes.UseResponseCaching();
                routes.UseRequestDecompression();
                routes.UseOutputCache();
                routes.UseRequestTimeouts();
                routes.UseSession();
                routes.UseAntiforgery();
                routes.Use((context, next) =>
                {
                    context.Session.SetString("seen", "yes");
                    return next(context);
                });
                routes.MapRawWebSocket("/echo", ScriptedHandler.Echo());
            },
            AddAll,
            kind);
        if (kind == ServerKind.KestrelWithTls)
        {
            using var one = await Http2.ConnectAsync(app, "/echo");
            using var two = await Http2.ConnectAsync(app, "/echo");
            await one.ShouldEchoAsync("one");
            await two.ShouldEchoAsync("two");
            return;
        }

        await using var first = await app.ConnectAsync("/echo");
        await using var second = await app.ConnectAsync("/echo");
        await second.SendTextAsync("second");
        await second.ExpectTextAsync("second");
        await first.SendTextAsync("first");
        await first.ExpectTextAsync("first");
        await first.CloseAsync();
        await second.CloseAsync();
        app.Log.Problems.ShouldBeEmpty();
    }

    private static void AddAll(WebApplicationBuilder builder) => builder.Services
        .AddHttpLogging(logging => logging.LoggingFields = HttpLoggingFields.All)
        .AddResponseCompression(compression => compression.EnableForHttps = true)
        .AddResponseCaching()
        .AddRequestDecompression()
        .AddOutputCache(caching => caching.AddBasePolicy(policy => policy.Cache()))
        .AddRequestTimeouts(timeouts => timeouts.DefaultPolicy = new() { Timeout = TimeSpan.FromMinutes(1) })
        .AddDistributedMemoryCache()
        .AddSession()
        .AddAntiforgery();

    private static TestApp StartCached(string where, ServerKind kind) => TestApp.Mapping(
        routes =>
        {
            routes.UseOutputCache();
            IEndpointRouteBuilder target = where == "group" ? routes.MapGroup("").CacheOutput(policy => policy.AddPolicy<EverythingCached>()) : routes;
            var endpoint = target.MapRawWebSocket("/echo", ScriptedHandler.Echo());
            _ = where switch
            {
                "endpoint" => endpoint.CacheOutput(),
                "named policy and attribute" => endpoint.CacheOutput("named").WithMetadata(new OutputCacheAttribute { Duration = 60 }),
                _ => endpoint,
            };
        },
        builder => builder.Services.AddOutputCache(caching =>
        {
            caching.AddPolicy("named", policy => policy.Expire(TimeSpan.FromMinutes(1)));
            if (where == "base policy")
            {
                caching.AddBasePolicy(policy => policy.Cache());
            }
            else if (where == "base policy that caches everything")
            {
                caching.AddBasePolicy(new EverythingCached());
            }
        }),
        kind);

    /// <summary>Also what is no GET, so that an extended CONNECT meets the same lock.</summary>
    private sealed class EverythingCached : IOutputCachePolicy
    {
        public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
        {
            context.EnableOutputCaching = context.AllowCacheLookup = context.AllowCacheStorage = context.AllowLocking = true;
            context.CacheVaryByRules.QueryKeys = "*";
            return ValueTask.CompletedTask;
        }

        public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;

        public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation) => ValueTask.CompletedTask;
    }
}
