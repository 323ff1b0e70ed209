using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Limits;

/// <summary>What the process has no memory for: newcomers, and peers for whom the server's own buffers hold too much.</summary>
public class MemoryShortageTests
{
    private const long Budget = 1024 * 1024;

    [Theory, InMemoryAndOverKestrel]
    public async Task While_memory_is_short_newcomers_are_told_when_to_come_back(ServerKind kind)
    {
        // No process uses so little.
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            services: builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.MaxMemoryLoad = 1e-9),
            kind: kind);
        using var metrics = new RecordedMetrics(app);
        var refusal = await app.ExpectRefusalAsync();
        refusal.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        refusal.Body.ShouldBe("The server is short of memory (MaxMemoryLoad).\n");
        refusal.Headers.RetryAfter.ToString().ShouldNotBeEmpty();
        await metrics.SumAsync("rawwebsocket.refusals", 1, "rawwebsocket.reason=memory");
        (await app.Log.FirstAsync(3)).Message.ShouldContain("MaxMemoryLoad");
        (await app.Log.FirstAsync(25)).Message.ShouldStartWith("Memory is short, and new WebSockets are refused: ");
    }

    [Fact]
    public async Task A_handshake_that_is_wrong_is_told_so_even_then()
    {
        await using var app = TestApp.With(
            ScriptedHandler.Echo(),
            services: builder => builder.Services.Configure<RawWebSocketOptions>(options => options.Server.MaxMemoryLoad = 1e-9));
        var refusal = await app.ExpectRefusalAsync("/", options => options.Origin = "https://elsewhere.example");
        refusal.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Who_fills_Kestrels_buffers_beyond_the_budget_is_aborted_and_the_others_live(bool isTuned)
    {
        var greedy = new TaskCompletionSource<WebSocketClosure>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = TestApp.Mapping(
            endpoints =>
            {
                endpoints.MapRawWebSocket("/", ScriptedHandler.Echo());
                endpoints.MapRawWebSocket("/busy", async connection => greedy.TrySetResult(await connection.Completion));
            },
            builder =>
            {
                if (isTuned)
                {
                    builder.WebHost.UseRawWebSocketTransport(options =>
                    {
                        options.UseEpoll = false;
                        options.Sockets.InlineCompletions = false;
                    });
                }

                builder.Services.Configure<RawWebSocketOptions>(options => options.Server.TransportBudget = Budget);
                builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = 4 * Budget);
            },
            ServerKind.Kestrel);
        using var metrics = new RecordedMetrics(app);
        await using var modest = await app.ConnectAsync();
        await using var flood = await app.ConnectAsync("/busy");
        await modest.SendBinaryAsync(new byte[100]);
        (await modest.ExpectMessageAsync()).Payload.Length.ShouldBe(100);

        // Nobody asks for the messages, so that reading waits for the application, and Kestrel reads on.
        var message = TestFrame.Binary(new byte[64 * 1024]);
        await flood.SendFramesAsync([.. Enumerable.Repeat(message, 32)]);
        var closure = await greedy.Task.Within();
        closure.Limit.ShouldBe(WebSocketLimit.Memory);
        closure.Reason.ShouldContain("transport budget");
        await metrics.SumAsync("rawwebsocket.limits", 1, "rawwebsocket.limit=memory");
        (await app.Log.FirstAsync(26)).Message.ShouldStartWith($"The transport budget of {Budget} bytes was exceeded: 1 WebSockets");

        await modest.SendBinaryAsync(new byte[100]);
        (await modest.ExpectMessageAsync()).Payload.Length.ShouldBe(100);
    }

    [Fact]
    public async Task Over_tls_where_buffers_cannot_be_seen_a_peer_that_is_held_back_counts_for_a_full_one()
    {
        var ended = new TaskCompletionSource<WebSocketClosure>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var app = TestApp.With(
            async connection => ended.TrySetResult(await connection.Completion),
            services: builder =>
            {
                builder.Services.Configure<RawWebSocketOptions>(options => options.Server.TransportBudget = Budget);
                builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = 2 * Budget);
            },
            kind: ServerKind.KestrelWithTls);
        await using var socket = await app.ConnectAsync();
        await socket.SendBinaryAsync(new byte[100_000]);
        (await ended.Task.Within()).Reason.ShouldContain("transport budget");
    }
}
