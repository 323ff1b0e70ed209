using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace RawWebSocket.Integration.Tests.Closing;

/// <summary>Who is told what, and when, while the host stops. Time is virtual where it matters.</summary>
public class ShutdownOrderTests
{
    private readonly ManualTimeProvider _time = new();

    [Theory, InMemoryAndOverKestrel]
    public async Task A_handler_is_told_and_what_it_sends_then_leaves_before_the_close_frame(ServerKind kind)
    {
        await using var app = TestApp.With(new FarewellHandler(), kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await socket.ExpectTextAsync("farewell");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable, "The server is shutting down.");
        await stopping.Within();
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delegate_is_told_by_a_token_before_the_connection_closes()
    {
        var told = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = TestApp.With(async connection =>
        {
            using var registration = connection.Stopping.Register(() => told.SetResult(connection.Closed.IsCancellationRequested));
            await connection.SendTextAsync("welcome");
            await connection.Completion;
        });
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        (await told.Task.Within()).ShouldBeFalse();
        await stopping.Within();
    }

    [Fact]
    public async Task A_handler_that_throws_when_it_is_told_is_logged_and_closed_like_the_others()
    {
        await using var app = TestApp.With(new FarewellHandler(throws: true));
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        await stopping.Within();
        (await app.Log.FirstAsync(5)).Message.ShouldContain("threw");
    }

    [Fact]
    public async Task The_code_may_be_1012_for_a_restart()
    {
        await using var app = TestApp.With(
            new FarewellHandler(),
            services: builder => builder.Services.Configure<RawWebSocketOptions>(
                options => options.Server.ShutdownCloseStatus = (WebSocketCloseStatus)1012));
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("welcome");
        var stopping = app.StopHostAsync();
        await socket.ExpectTextAsync("farewell");
        await socket.ExpectCloseAsync((WebSocketCloseStatus)1012);
        await stopping.Within();
        (await app.Log.FirstAsync(8)).Message.ShouldContain("1012");
    }

    [Fact]
    public async Task Peers_that_never_answer_are_dropped_when_the_closing_handshakes_time_is_over()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, services: AddTime, kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync(configure: options => options.AutoClose = false);
        await handler.Opened;
        var stopping = app.StopHostAsync();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.EndpointUnavailable);
        stopping.IsCompleted.ShouldBeFalse();
        await _time.AdvanceUntilAsync(stopping);
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Limit.ShouldBe(WebSocketLimit.CloseTime);
        closure.Sent.ShouldBe(new WebSocketCloseFrame(WebSocketCloseStatus.EndpointUnavailable, "The server is shutting down."));
        closure.Received.ShouldBeNull();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_close_does_not_wait_for_ever_for_a_message_whose_source_gives_nothing_more(ServerKind kind)
    {
        var pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, services: AddTime, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var sending = connection.SendAsync(WebSocketMessageType.Text, pieces.Reader.ReadAllAsync()).Within();
        pieces.Writer.TryWrite("half"u8.ToArray());
        await socket.ExpectFrameAsync(TestFrame.Text("half") with { Fin = false });

        var closing = connection.CloseAsync((WebSocketCloseStatus)4000, "enough");
        _time.Advance(new RawWebSocketOptions().CloseTimeout - TimeSpan.FromSeconds(1));
        closing.IsCompleted.ShouldBeFalse();
        var close = socket.ExpectCloseAsync((WebSocketCloseStatus)4000, "enough");
        await _time.AdvanceUntilAsync(close);
        (await closing.Within()).ShouldBe((WebSocketCloseStatus)4000, "enough", ClosedBy.Server);
        pieces.Writer.TryWrite("too late"u8.ToArray());
        (await sending).ShouldBe(SendResult.Closed);
    }

    private void AddTime(Microsoft.AspNetCore.Builder.WebApplicationBuilder builder) =>
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time));

    private sealed class FarewellHandler(bool throws = false) : IWebSocketHandler
    {
        public async ValueTask OnOpenedAsync(WebSocketConnection connection) => await connection.SendTextAsync("welcome");

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) => ValueTask.CompletedTask;

        public void OnStopping(WebSocketConnection connection)
        {
            if (throws)
            {
                throw new InvalidOperationException("on purpose");
            }

            _ = connection.SendTextAsync("farewell").AsTask();
        }
    }
}
