using System.Text.Json;

namespace RawWebSocket.Integration.Tests.Receiving;

public class ReceiveTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_cancelled_receive_loses_nothing(ServerKind kind)
    {
        var cancelledOnce = new Gate();
        await using var app = TestApp.With(
            async connection =>
            {
                using var cancellation = new CancellationTokenSource();
                var receiving = connection.ReceiveAsync(cancellation.Token).AsTask();
                await cancellation.CancelAsync();
                await Should.ThrowAsync<OperationCanceledException>(receiving);
                await Should.ThrowAsync<OperationCanceledException>(async () => await connection.ReceiveAsync(cancellation.Token));
                cancelledOnce.Open();
                while (await connection.ReceiveAsync() is { } message)
                {
                    await connection.SendAsync(message);
                }
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await cancelledOnce.PassAsync();
        await socket.SendTextAsync("not lost");
        await socket.ExpectTextAsync("not lost");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Receives_that_are_cancelled_while_messages_arrive_lose_none_and_keep_the_order(ServerKind kind)
    {
        const int Count = 500;
        await using var app = TestApp.With(
            async connection =>
            {
                for (var received = 0; received < Count;)
                {
                    using var cancellation = new CancellationTokenSource();
                    var cancelling = Task.Run(cancellation.Cancel);
                    try
                    {
                        var message = (await connection.ReceiveAsync(cancellation.Token))!.Value;
                        await connection.SendAsync(message);
                        received++;
                    }
                    catch (OperationCanceledException)
                    {
                        // The next call gets it.
                    }

                    await cancelling;
                }
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        var sending = Task.Run(async () =>
        {
            for (var number = 0; number < Count; number++)
            {
                await socket.SendTextAsync($"{number}");
            }
        });
        for (var number = 0; number < Count; number++)
        {
            await socket.ExpectTextAsync($"{number}");
        }

        await sending;
    }

    [Fact]
    public async Task A_second_receive_at_once_is_refused_and_the_first_goes_on()
    {
        var refused = new Gate();
        await using var app = TestApp.With(async connection =>
        {
            var first = connection.ReceiveAsync();
            await Should.ThrowAsync<InvalidOperationException>(async () => await connection.ReceiveAsync());
            await Should.ThrowAsync<InvalidOperationException>(async () => await connection.ReceiveStreamAsync());
            refused.Open();
            await connection.SendAsync((await first)!.Value);
        });
        await using var socket = await app.ConnectAsync();
        await refused.PassAsync();
        await socket.SendTextAsync("for the first");
        await socket.ExpectTextAsync("for the first");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Messages_that_arrive_while_the_application_is_busy_are_kept_in_order(ServerKind kind)
    {
        var gate = new Gate();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await gate.PassAsync();
                await connection.SendAsync(message);
            },
        };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var payloads = Enumerable.Range(0, 60).Select(number => Bytes.Counting(number * 17)).ToArray();
        foreach (var payload in payloads)
        {
            await socket.SendBinaryAsync(payload);
        }

        await socket.ExpectSilenceAsync();
        gate.Open();
        foreach (var payload in payloads)
        {
            await socket.ExpectBinaryAsync(payload);
        }
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task What_came_before_a_close_is_received_before_the_end(ServerKind kind)
    {
        var gate = new Gate();
        var received = new Recorder<string>();
        await using var app = TestApp.With(connection => CollectAsync(connection, gate, received), kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(TestFrame.Text("1"), TestFrame.Text("2"), TestFrame.Close(1000));
        gate.Open();
        await received.CountAsync(3);
        received.ShouldBe(["1", "2", "end"]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        await socket.ExpectEndAsync();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task What_came_before_a_lost_connection_is_received_before_the_end(ServerKind kind)
    {
        var gate = new Gate();
        var received = new Recorder<string>();
        var connections = new TaskCompletionSource<WebSocketConnection>();
        await using var app = TestApp.With(
            connection =>
            {
                connections.SetResult(connection);
                return CollectAsync(connection, gate, received);
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(TestFrame.Text("1"), TestFrame.Text("2"));
        await socket.SendFragmentsAsync("3a", "3b");
        await socket.ExpectSilenceAsync();
        await socket.DropAsync();
        await (await connections.Task).Completion.Within();
        gate.Open();
        await received.CountAsync(4);
        received.ShouldBe(["1", "2", "3a3b", "end"]);
    }

    [Fact]
    public async Task A_receive_after_the_end_says_so_again_and_again()
    {
        var ends = new TaskCompletionSource<int>();
        await using var app = TestApp.With(async connection =>
        {
            (await connection.ReceiveAsync()).ShouldBeNull();
            (await connection.ReceiveAsync()).ShouldBeNull();
            (await connection.ReceiveStreamAsync()).ShouldBeNull();
            (await connection.ReceiveJsonAsync<JsonPoint>()).ShouldBeNull();
            var count = 0;
            await foreach (var message in connection.ReadAllAsync())
            {
                count++;
            }

            ends.SetResult(count);
        });
        await using var socket = await app.ConnectAsync();
        await socket.CloseAsync();
        (await ends.Task.Within()).ShouldBe(0);
    }

    [Fact]
    public async Task Json_is_received_by_reflection_and_with_generated_metadata()
    {
        await using var app = TestApp.With(async connection =>
        {
            var point = await connection.ReceiveJsonAsync<JsonPoint>();
            await connection.SendTextAsync($"{point}");
            point = await connection.ReceiveJsonAsync(GeneratedJson.Default.JsonPoint);
            await connection.SendTextAsync($"{point}");
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync("{\"left\":1,", "\"name\":\"ä\"}");
        await socket.ExpectTextAsync("JsonPoint { Left = 1, Name = ä }");
        await socket.SendTextAsync("{\"LEFT\":2,\"NAME\":\"b\"}");
        await socket.ExpectTextAsync("JsonPoint { Left = 2, Name = b }");
    }

    [Fact]
    public async Task Json_that_is_none_throws_and_the_connection_is_as_it_was()
    {
        await using var app = TestApp.With(async connection =>
        {
            await Should.ThrowAsync<JsonException>(async () => await connection.ReceiveJsonAsync<JsonPoint>());
            await connection.SendTextAsync($"{await connection.ReceiveJsonAsync<int>()}");
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("{\"left\":");
        await socket.SendTextAsync("42");
        await socket.ExpectTextAsync("42");
    }

    private static async Task CollectAsync(WebSocketConnection connection, Gate gate, Recorder<string> received)
    {
        await foreach (var message in connection.ReadAllAsync())
        {
            received.Add(message.Text);
            await gate.PassAsync();
        }

        received.Add("end");
    }
}
