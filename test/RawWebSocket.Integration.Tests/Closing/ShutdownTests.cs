using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace RawWebSocket.Integration.Tests.Closing;

public class ShutdownTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task When_the_host_stops_everyone_is_closed_with_1001(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.MapRawWebSocket("/handler", handler);
                routes.MapRawWebSocket("/delegate", async connection => await connection.Closed.CancelledAsync());
            },
            kind: kind);
        var sockets = new List<TestWebSocket>();
        for (var i = 0; i < 10; i++)
        {
            sockets.Add(await app.ConnectAsync(i % 2 == 0 ? "/handler" : "/delegate"));
        }

        await handler.Calls.CountAsync(5);
        await UntilOpenAsync(app, 10);
        var stopping = app.StopHostAsync();
        foreach (var socket in sockets)
        {
            await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
            (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
            await socket.DisposeAsync();
        }

        await stopping.Within();
        (await handler.Closed).ShouldSatisfyAllConditions(
            closure => closure.Code.ShouldBe(WebSocketCloseStatus.EndpointUnavailable),
            closure => closure.By.ShouldBe(ClosedBy.Server));
        (await app.Log.FirstAsync(8)).Message.ShouldContain("10");
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_the_services_the_host_closes_everyone_too()
    {
        var handler = new ScriptedHandler();
        await using var app = new TestApp(app =>
        {
            app.UseRawWebSockets();
            app.MapRawWebSocket("/", handler);
        });
        await using var socket = await app.ConnectAsync();
        await handler.Opened;
        var stopping = app.StopHostAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        await stopping.Within();
    }

    [Fact]
    public async Task While_the_host_is_stopping_nobody_is_let_in()
    {
        var hold = new HoldingService();
        await using var app = TestApp.With(
            ScriptedHandler.Echo(), services: builder => builder.Services.AddSingleton<IHostedService>(hold));
        await using var socket = await app.ConnectAsync();
        var stopping = app.StopHostAsync();
        await hold.Stopping.PassAsync();
        var refusal = await app.ExpectRefusalAsync();
        refusal.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refusal.Body.ShouldBe("The server is shutting down.\n");
        hold.MayStop.Open();
        await stopping.Within();
    }

    [Fact]
    public async Task One_that_is_let_in_at_the_very_moment_is_closed_too()
    {
        var hold = new HoldingService();
        await using var app = TestApp.Mapping(
            routes => routes.MapRawWebSocket<StoppingHandler>("/"),
            builder => builder.Services.AddSingleton<IHostedService>(hold));
        await using var socket = await app.ConnectAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        hold.MayStop.Open();
    }

    [Fact]
    public async Task Over_kestrel_the_limit_of_upgraded_connections_is_a_503_and_frees_its_place_again()
    {
        var trace = new Recorder<string>();
        await using var app = TestApp.Mapping(
            routes => routes.MapRawWebSocket<DisposableHandler>("/", options => options.Subprotocols.Add("v1")),
            builder =>
            {
                builder.Services.AddSingleton(trace);
                builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxConcurrentUpgradedConnections = 1);
            },
            ServerKind.Kestrel);
        await using var first = await app.ConnectAsync();
        var refusal = await app.ExpectRefusalAsync("/", options => options.Subprotocols.Add("v1"));
        refusal.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refusal.Body.ShouldBe("The server has as many upgraded connections as it allows (MaxConcurrentUpgradedConnections).\n");
        refusal.Headers.SecWebSocketAccept.ShouldBeEmpty();
        refusal.Headers.SecWebSocketProtocol.ShouldBeEmpty();
        await trace.CountAsync(1);
        trace.ShouldBe(["disposed"], "what was made for the connection that did not come to be is disposed");

        await first.CloseAsync();
        await trace.CountAsync(2);
        await using var second = await app.ConnectAsync();
        await second.CloseAsync();
    }

    private static async Task UntilOpenAsync(TestApp app, int count)
    {
        // Those of the delegate show in no event; each enters the log when it is open.
        await app.Log.Entries.UntilAsync(entries => entries.Count(entry => entry.IsOurs && entry.EventId == 1) == count);
    }

    /// <summary>Lets the host stop when the test says so.</summary>
    private sealed class HoldingService : IHostedService
    {
        public Gate Stopping { get; } = new();

        public Gate MayStop { get; } = new();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public async Task StopAsync(CancellationToken cancellationToken)
        {
            Stopping.Open();
            await MayStop.PassAsync();
        }
    }

    /// <summary>The host begins to stop between the check and the 101.</summary>
    private sealed class StoppingHandler : IWebSocketHandler
    {
        public StoppingHandler(IHostApplicationLifetime lifetime) => lifetime.StopApplication();

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;
    }

    private sealed class DisposableHandler(Recorder<string> trace) : IWebSocketHandler, IDisposable
    {
        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public void Dispose() => trace.Add("disposed");
    }
}
