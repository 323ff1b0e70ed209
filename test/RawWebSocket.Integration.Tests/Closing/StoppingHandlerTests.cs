using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Closing;

/// <summary>Handlers that are told of the host's stop, in time and in their own context. Time is virtual where it matters.</summary>
public class StoppingHandlerTests
{
    private static readonly AsyncLocal<string?> Ambient = new();

    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Handlers_are_told_side_by_side_and_none_waits_for_another()
    {
        // Each of these ends when all have begun, so one after the other they never would.
        const int Count = 50;
        using var allBegun = new CountdownEvent(Count);
        var handler = new StoppingHandler(_ =>
        {
            allBegun.Signal();
            allBegun.Wait(Waiting.Limit).ShouldBeTrue();
        });
        await using var app = TestApp.With(handler, kind: ServerKind.Kestrel);
        var sockets = await ConnectAsync(app, Count);
        var stopping = app.StopHostAsync();
        foreach (var socket in sockets)
        {
            await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
            await socket.DisposeAsync();
        }

        await stopping.Within();
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_that_blocks_holds_up_no_other_close_and_is_closed_and_named_when_its_time_is_over()
    {
        using var gate = new ManualResetEventSlim();
        var blocking = new StoppingHandler(_ => gate.Wait(Waiting.Limit));
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.MapRawWebSocket("/blocking", blocking);
                routes.MapRawWebSocket("/quick", new StoppingHandler(static _ => { }));
            },
            builder => builder.Services.AddSingleton<TimeProvider>(_time),
            ServerKind.Kestrel);
        await using var blocked = await app.ConnectAsync("/blocking");
        await using var quick = await app.ConnectAsync("/quick");
        await blocked.ExpectTextAsync("welcome");
        await quick.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await blocking.Told.CountAsync(1);
        _time.Advance(TimeSpan.FromSeconds(3));
        await quick.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        _time.Advance(TimeSpan.FromSeconds(21));
        await blocked.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        (await app.Log.FirstAsync(30)).Message.ShouldContain("'/blocking'");
        gate.Set();
        await _time.AdvanceUntilAsync(stopping);
    }

    [Fact]
    public async Task A_delegate_that_ignores_the_stop_is_named_when_patience_is_over()
    {
        var gate = new Gate();
        await using var app = TestApp.Mapping(
            routes => routes.MapRawWebSocket("/endless", async connection =>
            {
                await connection.SendTextAsync("welcome");
                await gate.PassAsync();
            }),
            builder => builder.Services.AddSingleton<TimeProvider>(_time),
            ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync("/endless");
        await socket.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        _time.Advance(TimeSpan.FromSeconds(28));
        var entry = await app.Log.FirstAsync(31);
        entry.Message.ShouldContain("'/endless'");
        entry.Message.ShouldContain("1 of its WebSockets");
        gate.Open();
        await _time.AdvanceUntilAsync(stopping);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_is_told_in_the_context_of_its_other_calls(ServerKind kind)
    {
        var seen = new ConcurrentDictionary<string, object?>();
        HttpContext? opened = null;
        IHttpContextAccessor? accessor = null;
        var handler = new StoppingHandler(_ =>
        {
            seen["culture"] = CultureInfo.CurrentCulture.Name;
            seen["ambient"] = Ambient.Value;
            seen["request"] = accessor!.HttpContext;
        })
        {
            WhenOpened = () => opened = accessor!.HttpContext,
        };
        await using var app = new TestApp(
            app =>
            {
                accessor = app.Services.GetRequiredService<IHttpContextAccessor>();
                app.Use((context, next) =>
                {
                    CultureInfo.CurrentCulture = new CultureInfo("sv-SE");
                    Ambient.Value = "of the request";
                    return next(context);
                });
                app.UseRawWebSockets();
                app.MapRawWebSocket("/", handler);
            },
            builder => builder.Services.AddHttpContextAccessor().AddRawWebSockets(),
            kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        seen["culture"].ShouldBe("sv-SE");
        seen["ambient"].ShouldBe("of the request");
        seen["request"].ShouldBeSameAs(opened.ShouldNotBeNull());
        await stopping.Within();
    }

    private static async Task<List<TestWebSocket>> ConnectAsync(TestApp app, int count)
    {
        var sockets = new List<TestWebSocket>();
        for (var i = 0; i < count; i++)
        {
            sockets.Add(await app.ConnectAsync());
            await sockets[^1].ExpectTextAsync("welcome");
        }

        return sockets;
    }

    private sealed class StoppingHandler(Action<WebSocketConnection> whenStopping) : IWebSocketHandler
    {
        public Recorder<string> Told { get; } = new();

        public Action? WhenOpened { get; init; }

        public async ValueTask OnOpenedAsync(WebSocketConnection connection)
        {
            WhenOpened?.Invoke();
            await connection.SendTextAsync("welcome");
        }

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public void OnStopping(WebSocketConnection connection)
        {
            Told.Add("told");
            whenStopping(connection);
        }
    }
}
