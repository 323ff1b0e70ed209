using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>A client that asks for a WebSocket and does not take the answer.</summary>
public class HandshakeTimeTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly Recorder<string> _trace = new();

    [Fact]
    public async Task An_answer_that_cannot_be_sent_is_given_up_when_the_time_is_over()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, ServerKind.InMemory, (context, next) =>
        {
            context.Features.Set<IHttpUpgradeFeature>(new StuckUpgrade(context, _trace));
            return next(context);
        });
        using var metrics = new RecordedMetrics(app);
        var connecting = app.ConnectAsync();
        await _time.Timers.FirstAsync(due => due == TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(9));
        _trace.ShouldBeEmpty();

        _time.Advance(TimeSpan.FromSeconds(1));
        await Should.ThrowAsync<Exception>(connecting);
        await _trace.FirstAsync(what => what == "the request has ended");
        _trace.ShouldBe(["aborted", "the request has ended"]);
        handler.Calls.ShouldBeEmpty();
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=handshake_time");
        var logged = await app.Log.FirstAsync(20);
        logged.Level.ShouldBe(LogLevel.Information);
        logged.Message.ShouldBe("The answer to the WebSocket handshake at / could not be sent within 00:00:10; it is aborted.");
    }

    [Fact]
    public async Task A_transport_that_comes_too_late_is_let_go_of()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, ServerKind.InMemory, (context, next) =>
        {
            context.Features.Set<IHttpUpgradeFeature>(new StuckUpgrade(context, _trace) { Late = Stream.Null });
            return next(context);
        });
        var connecting = app.ConnectAsync();
        await _time.Timers.FirstAsync(due => due == TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        await Should.ThrowAsync<Exception>(connecting);
        await _trace.FirstAsync(what => what == "the request has ended");
        handler.Calls.ShouldBeEmpty();
        app.Groups.All.ShouldBeEmpty();
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Over_kestrel_a_client_that_does_not_read_the_answer_is_dropped()
    {
        var handler = new ScriptedHandler();
        await using var app = Start(handler, ServerKind.Kestrel, (context, next) =>
        {
            // More than the buffers on the way hold, so that the 101 cannot leave while the client does not read.
            context.Response.Headers["X-Large"] = new string('x', 16 * 1024 * 1024);
            return next(context);
        });
        using var metrics = new RecordedMetrics(app);
        using var client = await RawHttpClient.ConnectAsync(app);
        await client.SendHandshakeAsync("Connection: Upgrade");
        await _time.Timers.FirstAsync(due => due == TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=handshake_time");
        await _trace.FirstAsync(what => what == "the request has ended");
        (await client.ReadToEndAsync()).Length.ShouldBeLessThan(16 * 1024 * 1024);
        handler.Calls.ShouldBeEmpty();
        app.Log.Problems.ShouldBeEmpty();
    }

    private TestApp Start(ScriptedHandler handler, ServerKind kind, Func<HttpContext, RequestDelegate, Task> before) => TestApp.Mapping(
        app =>
        {
            app.Use(next => async context =>
            {
                await next(context);
                _trace.Add("the request has ended");
            });
            app.Use(next => context => before(context, next));
            app.MapRawWebSocket("/", handler);
        },
        builder => builder.Services.AddSingleton<TimeProvider>(_time),
        kind);

    /// <summary>An upgrade whose answer does not leave until the request is aborted.</summary>
    private sealed class StuckUpgrade(HttpContext context, Recorder<string> trace) : IHttpUpgradeFeature
    {
        public Stream? Late { get; init; }

        public bool IsUpgradableRequest => true;

        public async Task<Stream> UpgradeAsync()
        {
            await context.RequestAborted.CancelledAsync();
            trace.Add("aborted");
            return Late ?? throw new OperationCanceledException("The request was aborted.");
        }
    }
}
