using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RawWebSocket.Testing;
using RawWebSocket.Tests;

namespace RawWebSocket.Transport.Tests.HandingOver;

/// <summary>Which code of a WebSocket's runs on the loop's thread, and what happens when it blocks.</summary>
public sealed class InlineTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentQueue<string> _threads = new();
    private readonly TaskCompletionSource<string> _closedOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Messages_are_handled_on_the_loop_unless_that_is_switched_off(bool isInline)
    {
        await using var server = await StartAsync(isInline);
        await using var client = await ConnectAsync(server);
        await ExchangeAsync(client, "hello", times: 50);

        _threads.Contains("loop").ShouldBe(isInline);
    }

    [Fact]
    public async Task What_follows_a_send_that_had_to_wait_and_the_end_run_on_the_pool()
    {
        await using var server = await StartAsync();
        await using (var client = await ConnectAsync(server))
        {
            await ExchangeAsync(client, "hello", times: 50);
            _threads.Clear();
            await client.SendTextAsync("much");
            await client.ExpectBinaryAsync(Handler.Much);
            await ExchangeAsync(client, "hello", times: 1);

            _threads.First().ShouldBe("after much on pool");
            await client.DropAsync();
        }

        (await _closedOn.Task.Within()).ShouldBe("pool");
    }

    [Fact]
    public async Task An_endpoint_that_blocks_the_loop_twice_is_moved_to_the_pool()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);
        await ExchangeAsync(client, "hello", times: 50);
        await ExchangeAsync(client, "take long", times: 2);
        _threads.Clear();
        await ExchangeAsync(client, "hello", times: 50);

        _threads.ShouldAllBe(thread => thread == "pool");
        server.Log.Entries.Single(entry => entry.EventId == 22).Level.ShouldBe(LogLevel.Warning);
    }

    [Fact]
    public async Task A_handler_that_blocks_on_its_own_close_has_its_thread_back_when_the_peers_time_to_answer_is_over()
    {
        await using var server = await StartAsync();
        await using var client = await ConnectAsync(server);
        await ExchangeAsync(client, "hello", times: 50);
        var closing = _time.GetTimestamp();
        await client.SendTextAsync("close and wait");
        (await client.ExpectFrameAsync()).Opcode.ShouldBe(FrameOpcode.Close);

        // The peer's side has the close frame, and the peer does not answer.
        await AdvanceUntilAsync(() => _threads.Contains("waited"));
        _time.GetElapsedTime(closing).ShouldBeLessThan(CloseTimeout * 1.8);
        var end = client.ExpectEndAsync();
        await AdvanceUntilAsync(() => end.IsCompleted);
        (await end).ShouldBe(TransportEnd.Finished);
    }

    private Task AdvanceUntilAsync(Func<bool> condition) => Waiting.UntilAsync(
        () =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(100));
            return condition();
        },
        "nothing happens, however much time passes");

    private static async Task ExchangeAsync(TestWebSocket client, string text, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await client.SendTextAsync(text);
            await client.ExpectTextAsync(text);
        }
    }

    private static Task<TestWebSocket> ConnectAsync(Server server) =>
        server.App.ConnectRawWebSocketAsync("/", options => options.Timeout = Waiting.Limit);

    private Task<Server> StartAsync(bool isInline = true) => Server.StartAsync(
        TransportKind.Epoll,
        app =>
        {
            app.UseRouting();
            app.UseRawWebSockets();
            app.MapRawWebSocket("/", new Handler(this), options => options.CloseTimeout = CloseTimeout);
        },
        transport: options =>
        {
            options.EventLoops = 1;
            options.InlineScheduling = isInline;
        },
        host: builder => builder.Services.AddSingleton<TimeProvider>(_time).AddRawWebSockets());

    private sealed class Handler(InlineTests test) : IWebSocketHandler
    {
        public static readonly byte[] Much = RandomNumberGenerator.GetBytes(8_000_000);

        private static string Here => Thread.CurrentThread.Name?.StartsWith("epoll loop", StringComparison.Ordinal) == true ? "loop" : "pool";

        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            switch (message.Text)
            {
                case "much":
                    await connection.SendBinaryAsync(Much);
                    test._threads.Enqueue($"after much on {Here}");
                    break;
                case "close and wait":
                    connection.CloseAsync().Wait();
                    test._threads.Enqueue("waited");
                    break;
                case "take long":
                    test._time.Advance(TimeSpan.FromSeconds(1));
                    await connection.SendAsync(message);
                    break;
                default:
                    test._threads.Enqueue(Here);
                    await connection.SendAsync(message);
                    break;
            }
        }

        public ValueTask OnClosedAsync(WebSocketConnection connection, WebSocketClosure closure)
        {
            test._closedOn.TrySetResult(Here);
            return default;
        }
    }
}
