namespace RawWebSocket.Integration.Tests.Receiving;

public class BackpressureTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_flood_is_held_back_and_then_received_whole(ServerKind kind)
    {
        const int Count = 3000;
        const int Ahead = 4096;
        var gate = new Gate();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await gate.PassAsync();
                if (message.Text.StartsWith("last", StringComparison.Ordinal))
                {
                    await connection.SendTextAsync("done");
                }
            },
        };
        await using var app = TestApp.With(handler, options => options.ReceiveAheadBytes = Ahead, kind: kind);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        var flood = Task.Run(async () =>
        {
            for (var number = 0; number < Count; number++)
            {
                await socket.SendTextAsync($"{number} {new string('x', 5000)}");
            }

            await socket.SendTextAsync("last");
        });

        // The handler has the first, and as many wait as may; the peer would not get further however long it tried.
        await metrics.SumAsync("rawwebsocket.messages", 2, "rawwebsocket.direction=received");
        flood.IsCompleted.ShouldBeFalse();
        metrics.Values.Where(value => value.Instrument == "rawwebsocket.messages").Sum(value => value.Value).ShouldBe(2);

        gate.Open();
        await socket.ExpectTextAsync("done");
        await flood;
        handler.Calls.Skip(1).SkipLast(1).Select(call => call.Split(' ')[1])
            .ShouldBe(Enumerable.Range(0, Count).Select(number => $"{number}"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(65_536)]
    public async Task However_little_may_wait_nothing_gets_stuck(int ahead)
    {
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await Task.Yield();
                await connection.SendAsync(message);
            },
        };
        await using var app = TestApp.With(handler, options => options.ReceiveAheadBytes = ahead);
        await using var socket = await app.ConnectAsync("/", options => options.TransportCapacity = 1000);
        var sending = Task.Run(async () =>
        {
            for (var number = 0; number < 100; number++)
            {
                await socket.SendFragmentsAsync(WebSocketMessageType.Binary, Bytes.Counting(number * 30), Bytes.Counting(number));
            }
        });
        for (var number = 0; number < 100; number++)
        {
            (await socket.ExpectBinaryAsync()).Length.ShouldBe(number * 31);
        }

        await sending;
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Nothing_is_left_lying_when_room_is_made_at_the_very_moment_there_is_none(ServerKind kind)
    {
        const int Rounds = 300;
        const int Each = 20;
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, message) =>
            {
                await Task.Yield();
                await connection.SendAsync(message);
            },
        };
        await using var app = TestApp.With(handler, options => options.ReceiveAheadBytes = 1, kind: kind);
        await using var socket = await app.ConnectAsync();
        for (var round = 0; round < Rounds; round++)
        {
            // All in one packet: nothing follows that would make the server look again.
            await socket.SendFramesAsync([.. Enumerable.Range(0, Each).Select(number => TestFrame.Text($"{round} {number}"))]);
            for (var number = 0; number < Each; number++)
            {
                await socket.ExpectTextAsync($"{round} {number}");
            }
        }
    }

    [Fact]
    public async Task A_handler_may_wait_for_its_own_close_while_as_much_waits_as_may()
    {
        var handler = new ScriptedHandler { WhenMessage = async (connection, _) => await connection.CloseAsync() };
        await using var app = TestApp.With(handler, options => options.ReceiveAheadBytes = 1);
        await using var socket = await app.ConnectAsync();
        await socket.SendFramesAsync(
            TestFrame.Text("close"), TestFrame.Text("waits"), TestFrame.Text("not read"), TestFrame.Text("nor this"));
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
        (await handler.Closed).WasClean.ShouldBeTrue();
    }

    [Fact]
    public async Task A_flood_of_empty_messages_is_held_back_too()
    {
        const int Count = 20_000;
        var gate = new Gate();
        var handler = new ScriptedHandler { WhenMessage = async (_, _) => await gate.PassAsync() };
        await using var app = TestApp.With(handler, options => options.ReceiveAheadBytes = 1024);
        await using var socket = await app.ConnectAsync();
        using var metrics = new RecordedMetrics(app);
        var flood = socket.SendFramesAsync([.. Enumerable.Repeat(TestFrame.Text(""), Count)]);
        await handler.Calls.CountAsync(2);
        metrics.Values.Where(value => value.Instrument == "rawwebsocket.messages").Sum(value => value.Value).ShouldBeLessThan(200);
        gate.Open();
        await handler.Calls.CountAsync(Count + 1);
        await flood;
    }

    [Fact]
    public async Task A_peer_that_neither_reads_nor_stops_sending_does_not_get_stuck_with_an_echo()
    {
        const int Count = 400;
        await using var app = TestApp.With(ScriptedHandler.Echo());
        await using var socket = await app.ConnectAsync("/", options => options.TransportCapacity = 500);
        var sending = Task.Run(async () =>
        {
            for (var number = 0; number < Count; number++)
            {
                await socket.SendBinaryAsync(Bytes.Counting(1000));
            }
        });
        for (var number = 0; number < Count; number++)
        {
            await socket.ExpectBinaryAsync(Bytes.Counting(1000));
        }

        await sending;
    }
}
