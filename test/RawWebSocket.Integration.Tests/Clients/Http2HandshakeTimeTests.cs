using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Clients;

/// <summary>A client that asks for a WebSocket over HTTP/2 and does not take the answer: its stream is cancelled, and only that.</summary>
public class Http2HandshakeTimeTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly ManualTimeProvider _time = new();
    private readonly Recorder<string> _trace = new();
    private volatile bool _isStuck = true;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_answer_that_cannot_be_sent_in_time_cancels_the_stream_and_leaves_its_siblings_alone(bool comesTooLate)
    {
        var handler = ScriptedHandler.Echo();
        await using var app = Start(handler, comesTooLate);
        using var metrics = new RecordedMetrics(app);
        await using var client = await Http2Client.ConnectAsync(app);
        var stream = await client.AskAsync();
        await _time.Timers.FirstAsync(due => due == Timeout);
        _time.Advance(Timeout - TimeSpan.FromSeconds(1));
        stream.Events.ShouldBeEmpty();

        _time.Advance(TimeSpan.FromSeconds(1));
        await stream.Events.FirstAsync(text => text.StartsWith("RST", StringComparison.Ordinal));
        await _trace.FirstAsync(what => what == "the request has ended");
        stream.Events.ShouldBe(["RST 8"]);
        handler.Calls.ShouldBeEmpty();
        app.Groups.All.ShouldBeEmpty();
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=handshake_time");

        // There is one slot.
        _isStuck = false;
        var next = await client.OpenAsync();
        next.Status.ShouldBe(200);
        await next.SendAsync(TestFrame.Text("well"));
        await next.Events.FirstAsync(text => text == "DATA 810477656C6C");
        app.Log.Problems.ShouldBeEmpty();
    }

    private TestApp Start(ScriptedHandler handler, bool comesTooLate) => TestApp.Mapping(
        app =>
        {
            app.Use(next => async context =>
            {
                await next(context);
                _trace.Add("the request has ended");
            });
            app.Use(next => context =>
            {
                if (_isStuck)
                {
                    context.Features.Set<IHttpExtendedConnectFeature>(new StuckConnect(context, comesTooLate));
                }

                return next(context);
            });
            app.MapRawWebSocket("/", handler);
        },
        builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(_time);
            builder.Services.Configure<RawWebSocketOptions>(options =>
            {
                options.HandshakeTimeout = Timeout;
                options.Server.MaxConnections = 1;
            });
        },
        ServerKind.KestrelWithHttp2);

    /// <summary>An extended CONNECT whose answer does not leave until the request is aborted.</summary>
    private sealed class StuckConnect(HttpContext context, bool comesTooLate) : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string? Protocol => "websocket";

        public async ValueTask<Stream> AcceptAsync()
        {
            await context.RequestAborted.CancelledAsync();
            return comesTooLate ? Stream.Null : throw new OperationCanceledException("The request was aborted.");
        }
    }
}
