using System.Text;

namespace RawWebSocket.Integration.Tests.Receiving;

public class ReceiveStreamTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_message_far_bigger_than_MaxMessageSize_can_be_read_piece_by_piece(ServerKind kind)
    {
        var content = Bytes.Counting(5 * 1024 * 1024);
        await using var app = TestApp.With(
            async connection =>
            {
                await using var stream = (await connection.ReceiveStreamAsync())!;
                var copy = new MemoryStream();
                await stream.CopyToAsync(copy);
                var verdict = copy.ToArray().AsSpan().SequenceEqual(content) ? "the same" : "different";
                await connection.SendTextAsync($"{stream.MessageType} {verdict}");
            },
            options => options.MaxMessageSize = 1000,
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendBinaryAsync(content);
        await socket.ExpectTextAsync("Binary the same");
    }

    [Fact]
    public async Task A_message_in_fragments_is_one_stream_and_messages_follow_each_other()
    {
        await using var app = TestApp.With(EchoAsync);
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync("one, ", "", "two");
        await socket.ExpectTextAsync("one, two");
        await socket.SendFramesAsync(TestFrame.Text("small"), TestFrame.Text(""), TestFrame.Binary([1]));
        await socket.ExpectTextAsync("small");
        await socket.ExpectTextAsync("");
        await socket.ExpectBinaryAsync([1]);
    }

    [Fact]
    public async Task A_piece_can_be_read_before_the_message_is_finished()
    {
        await using var app = TestApp.With(async connection =>
        {
            await using var stream = (await connection.ReceiveStreamAsync())!;
            var buffer = new byte[3];
            for (var count = await stream.ReadAsync(buffer); count > 0; count = await stream.ReadAsync(buffer))
            {
                await connection.SendBinaryAsync(buffer.AsMemory(0, count));
            }
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Binary([1, 2]) with { Fin = false });
        await socket.ExpectBinaryAsync([1, 2]);
        await socket.SendPingAsync("between"u8);
        await socket.ExpectPongAsync("between"u8);
        await socket.SendFrameAsync(TestFrame.Continuation([3, 4, 5, 6]));
        await socket.ExpectBinaryAsync([3, 4, 5]);
        await socket.ExpectBinaryAsync([6]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100_000)]
    public async Task Disposing_early_discards_the_rest_of_the_message(int rest)
    {
        await using var app = TestApp.With(async connection =>
        {
            await using (var stream = (await connection.ReceiveStreamAsync())!)
            {
                await stream.ReadExactlyAsync(new byte[1]);
            }

            await connection.SendAsync((await connection.ReceiveAsync())!.Value);
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, [1], new byte[rest], new byte[rest]);
        await socket.SendTextAsync("next");
        await socket.ExpectTextAsync("next");
    }

    [Fact]
    public async Task The_next_receive_is_refused_until_the_stream_is_read_or_disposed()
    {
        await using var app = TestApp.With(async connection =>
        {
            var stream = (await connection.ReceiveStreamAsync())!;
            await Should.ThrowAsync<InvalidOperationException>(async () => await connection.ReceiveAsync());
            await Should.ThrowAsync<InvalidOperationException>(async () => await connection.ReceiveStreamAsync());
            (await new StreamReader(stream).ReadToEndAsync()).ShouldBe("first");
            await connection.SendAsync((await connection.ReceiveAsync())!.Value);
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync("fir", "st");
        await socket.SendTextAsync("second");
        await socket.ExpectTextAsync("second");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_stream_that_is_cut_off_throws(ServerKind kind)
    {
        var thrown = new TaskCompletionSource<string>();
        await using var app = TestApp.With(
            async connection =>
            {
                await using var stream = (await connection.ReceiveStreamAsync())!;
                var reading = stream.CopyToAsync(new MemoryStream());
                await Should.ThrowAsync<IOException>(reading);
                await Should.ThrowAsync<IOException>(async () => await stream.ReadExactlyAsync(new byte[1]), "and it stays cut off");
                thrown.SetResult($"then {await connection.ReceiveAsync()}");
            },
            kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Binary(new byte[100_000]) with { Fin = false });
        await socket.DropAsync();
        (await thrown.Task.Within()).ShouldBe("then ");
        await app.Log.FirstAsync(2);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_may_be_split_inside_a_character()
    {
        var utf8 = Encoding.UTF8.GetBytes("ä漢😀");
        await using var app = TestApp.With(EchoAsync);
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync(WebSocketMessageType.Text, [.. utf8.Select(one => new[] { one })]);
        await socket.ExpectTextAsync("ä漢😀");
    }

    [Fact]
    public async Task Text_that_is_not_utf8_fails_the_connection_as_soon_as_it_is_seen_and_cuts_the_stream_off()
    {
        var thrown = new TaskCompletionSource();
        await using var app = TestApp.With(async connection =>
        {
            await using var stream = (await connection.ReceiveStreamAsync())!;
            await Should.ThrowAsync<IOException>(stream.CopyToAsync(new MemoryStream()));
            thrown.SetResult();
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Text("good") with { Fin = false });
        await socket.SendFrameAsync(TestFrame.Continuation([0xFF]) with { Fin = false });
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InvalidPayloadData);
        await thrown.Task.Within();
    }

    [Theory]
    [InlineData(10, 0)]
    [InlineData(9, 1)]
    [InlineData(100_000, 0)]
    public async Task A_message_longer_than_maxLength_fails_with_1009(int first, int second)
    {
        var ended = new TaskCompletionSource();
        await using var app = TestApp.With(async connection =>
        {
            if (await connection.ReceiveStreamAsync(maxLength: 9) is { } stream)
            {
                await Should.ThrowAsync<IOException>(stream.CopyToAsync(new MemoryStream()));
            }

            (await connection.ReceiveAsync()).ShouldBeNull();
            ended.SetResult();
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, new byte[first], new byte[second]);
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
        await ended.Task.Within();
    }

    [Fact]
    public async Task A_message_of_maxLength_is_let_in()
    {
        await using var app = TestApp.With(async connection =>
        {
            var stream = (await connection.ReceiveStreamAsync(maxLength: 9))!;
            await connection.SendTextAsync(await new StreamReader(stream).ReadToEndAsync());
            await Should.ThrowAsync<ArgumentOutOfRangeException>(async () => await connection.ReceiveStreamAsync(maxLength: -1));
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFragmentsAsync("12345", "6789");
        await socket.ExpectTextAsync("123456789");
    }

    private static async Task EchoAsync(WebSocketConnection connection)
    {
        while (await connection.ReceiveStreamAsync() is { } stream)
        {
            var copy = new MemoryStream();
            await stream.CopyToAsync(copy);
            await connection.SendAsync(new WebSocketMessage(stream.MessageType, new(copy.ToArray())));
        }
    }
}
