using Microsoft.AspNetCore.Hosting;

namespace RawWebSocket.Integration.Tests.Sending;

public class SendOrderTests
{
    // The number, as a sender, of what the handler echoes.
    private const int Echoed = 4;

    [Theory, InMemoryAndOverKestrel]
    public async Task Many_threads_may_send_and_every_message_is_whole_and_in_its_senders_order(ServerKind kind)
    {
        const int Senders = 8;
        const int Each = 150;
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;

        var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var number = 0; number < Each; number++)
            {
                (await SendAsync(connection, sender, number)).ShouldBe(SendResult.Sent);
            }
        })));

        var next = new int[Senders];
        for (var i = 0; i < Senders * Each; i++)
        {
            var message = (await socket.ExpectMessageAsync()).Payload.Span;
            var (sender, number) = (message[0], message[1]);
            ((int)number).ShouldBe(next[sender]++);
            message.Length.ShouldBe(LengthOf(sender, number));
            message[2..].IndexOfAnyExcept(sender).ShouldBe(-1);
        }

        await sending.Within();
    }

    // Short and long, awaited, posted and answers, with pings between, faster than the peer reads: some leave at once and some behind what
    // still waits.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Whichever_way_frames_leave_a_peer_gets_all_in_order(bool tuned)
    {
        const int Senders = Echoed;
        const int Each = 250;
        const int AllOfThem = 64 * 1024 * 1024;
        var handler = ScriptedHandler.Echo();
        await using var app = TestApp.With(
            handler,
            options => options.MaxQueuedBytes = AllOfThem,
            services: builder =>
            {
                if (tuned)
                {
                    builder.WebHost.UseRawWebSocketTransport(options =>
                    {
                        options.UseEpoll = false;
                        options.Sockets.InlineCompletions = false;
                    });
                }
            },
            kind: ServerKind.Kestrel);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var sending = Task.WhenAll(
            [
                .. Enumerable.Range(0, Senders).Select(sender => Task.Run(() => SendMixedAsync(connection, sender, Each))),
                Task.Run(() => AskForEchoesAsync(socket, Each)),
            ]);

        var next = new int[Senders + 1];
        for (var i = 0; i < (Senders + 1) * Each; i++)
        {
            var message = await socket.ExpectBinaryAsync();
            var sender = message[0];
            message.AsSpan().SequenceEqual(Mixed(sender, next[sender])).ShouldBeTrue($"message {next[sender]} of {sender}");
            next[sender]++;
        }

        await sending.Within();
        await socket.CloseAsync();
    }

    private static async Task SendMixedAsync(WebSocketConnection connection, int sender, int count)
    {
        var random = new Random(sender);
        var pings = new List<Task>();
        for (var number = 0; number < count; number++)
        {
            var message = Mixed(sender, number);
            if (random.Next(2) == 0)
            {
                (await connection.SendBinaryAsync(message)).ShouldBe(SendResult.Sent);
            }
            else
            {
                connection.PostBinary(message).ShouldBe(PostResult.Queued);
                (await connection.DrainedAsync()).ShouldBeTrue();
            }

            if (number % 50 == 0)
            {
                pings.Add(connection.PingAsync().AsTask());
            }
        }

        await Task.WhenAll(pings);
    }

    private static async Task AskForEchoesAsync(TestWebSocket socket, int count)
    {
        for (var number = 0; number < count; number++)
        {
            await socket.SendBinaryAsync(Mixed(Echoed, number));
        }
    }

    private static byte[] Mixed(int sender, int number)
    {
        var random = new Random((1000 * sender) + number);

        // A peer that waits for room to ask or to answer a ping does not read, so that there must be room for all that is to be echoed.
        var isLong = random.Next(10) == 0 && sender != Echoed;
        var message = new byte[isLong ? random.Next(500_000) + 2 : random.Next(2, 300)];
        random.NextBytes(message);
        (message[0], message[1]) = ((byte)sender, (byte)number);
        return message;
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Sends_that_are_not_awaited_leave_in_the_order_of_the_calls(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;

        var sends = Enumerable.Range(0, 200).Select(number => SendAsync(connection, 7, (byte)number)).ToArray();
        for (var number = 0; number < 200; number++)
        {
            (await socket.ExpectMessageAsync()).Payload.Span[1].ShouldBe((byte)number);
        }

        (await Task.WhenAll(sends).Within()).ShouldAllBe(result => result == SendResult.Sent);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_send_is_not_delayed_by_what_the_handler_awaits_next(ServerKind kind)
    {
        var gate = new Gate();
        var handler = new ScriptedHandler
        {
            WhenOpened = async connection =>
            {
                await connection.SendTextAsync("from opened");
                await gate.PassAsync();
            },
            WhenMessage = async (connection, message) =>
            {
                await connection.SendTextAsync("at once");
                _ = connection.SendTextAsync("not awaited").AsTask();
                await Task.Delay(Timeout.Infinite, connection.Closed);
            },
        };
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("from opened");
        gate.Open();
        await socket.SendTextAsync("go");
        await socket.ExpectTextAsync("at once");
        await socket.ExpectTextAsync("not awaited");
        await socket.DropAsync();
        await handler.Closed;
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_send_from_a_delegate_is_not_delayed_either()
    {
        await using var app = TestApp.With(async connection =>
        {
            await connection.SendTextAsync("before any receive");
            await foreach (var message in connection.ReadAllAsync())
            {
                await connection.SendAsync(message);
                await Task.Delay(Timeout.Infinite, connection.Closed);
            }
        });
        await using var socket = await app.ConnectAsync();
        await socket.ExpectTextAsync("before any receive");
        await socket.SendTextAsync("echo");
        await socket.ExpectTextAsync("echo");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Answers_to_many_messages_in_one_packet_come_whole_and_in_order(ServerKind kind)
    {
        await using var app = TestApp.With(ScriptedHandler.Echo(), kind: kind);
        await using var socket = await app.ConnectAsync();
        var payloads = Enumerable.Range(0, 300).Select(number => Bytes.Counting(number * 7)).ToArray();
        var sending = socket.SendFramesAsync([.. payloads.Select(payload => TestFrame.Binary(payload))]);
        foreach (var payload in payloads)
        {
            await socket.ExpectBinaryAsync(payload);
        }

        await sending;
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task What_was_sent_before_the_close_arrives_before_it(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var sends = Enumerable.Range(0, 50).Select(number => connection.SendBinaryAsync(new byte[20_000 + number]).AsTask()).ToArray();
        var closing = connection.CloseAsync();
        for (var number = 0; number < 50; number++)
        {
            (await socket.ExpectBinaryAsync()).Length.ShouldBe(20_000 + number);
        }

        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await Task.WhenAll(sends).Within()).ShouldAllBe(result => result == SendResult.Sent);
        (await closing.Within()).WasClean.ShouldBeTrue();
    }

    private static Task<SendResult> SendAsync(WebSocketConnection connection, int sender, int number)
    {
        var payload = new byte[LengthOf(sender, number)];
        payload.AsSpan().Fill((byte)sender);
        payload[1] = (byte)number;
        return connection.SendBinaryAsync(payload).AsTask();
    }

    // Short ones, and now and then one that is written in several goes.
    private static int LengthOf(int sender, int number) => number % 40 == 39 ? 150_000 : 2 + (((sender * 31) + (number * 17)) % 3000);
}
