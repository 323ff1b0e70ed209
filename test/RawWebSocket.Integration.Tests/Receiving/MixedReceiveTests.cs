namespace RawWebSocket.Integration.Tests.Receiving;

/// <summary>Whole messages and streamed ones on one connection.</summary>
public class MixedReceiveTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_streamed_message_may_follow_a_whole_one_that_announces_it(ServerKind kind)
    {
        var content = Bytes.Counting(300_000);
        await using var app = TestApp.With(TakeUploadAsync, options => options.MaxMessageSize = 1000, kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("upload.bin");
        await socket.ExpectTextAsync("go on with upload.bin");
        await socket.SendBinaryAsync(content);
        await socket.ExpectTextAsync("300000");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_peer_need_not_wait_between_the_announcement_and_the_streamed_message(ServerKind kind)
    {
        var content = Bytes.Counting(300_000);
        await using var app = TestApp.With(TakeUploadAsync, options => options.MaxMessageSize = 1000, kind: kind);
        await using var socket = await app.ConnectAsync();
        var sending = socket.SendFramesAsync(TestFrame.Text("upload.bin"), TestFrame.Binary(content));
        await socket.ExpectTextAsync("go on with upload.bin");
        await socket.ExpectTextAsync("300000");
        await sending;
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Not_even_when_the_streamed_message_comes_in_fragments_that_prove_too_long_later(ServerKind kind)
    {
        var gate = new Gate();
        await using var app = TestApp.With(
            async connection =>
            {
                (await connection.ReceiveAsync())!.Value.Text.ShouldBe("upload.bin");
                await gate.PassAsync();
                var copy = new MemoryStream();
                await (await connection.ReceiveStreamAsync(maxLength: 2000))!.CopyToAsync(copy);
                await connection.SendBinaryAsync(copy.ToArray());
                await connection.SendAsync((await connection.ReceiveAsync())!.Value);
            },
            options => options.MaxMessageSize = 1000,
            kind: kind);
        await using var socket = await app.ConnectAsync();
        var content = Bytes.Counting(2000);
        await socket.SendTextAsync("upload.bin");
        await socket.SendFragmentsAsync(
            WebSocketMessageType.Binary, content[..400], content[400..800], content[800..1200], content[1200..1600], content[1600..]);
        await socket.SendTextAsync("after it");
        gate.Open();
        await socket.ExpectBinaryAsync(content);
        await socket.ExpectTextAsync("after it");
    }

    [Fact]
    public async Task A_message_that_was_being_gathered_is_held_to_maxLength_when_it_is_asked_for_as_a_stream()
    {
        var gate = new Gate();
        await using var app = TestApp.With(async connection =>
        {
            await connection.ReceiveAsync();
            await gate.PassAsync();
            if (await connection.ReceiveStreamAsync(maxLength: 500) is { } stream)
            {
                await Should.ThrowAsync<IOException>(stream.CopyToAsync(new MemoryStream()));
            }
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("announced");
        await socket.SendFrameAsync(TestFrame.Binary(new byte[400]) with { Fin = false });
        await socket.ExpectSilenceAsync();
        gate.Open();
        await socket.SendFrameAsync(TestFrame.Continuation(new byte[101]));
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_message_that_is_too_long_fails_with_1009_when_it_is_asked_for_whole()
    {
        var gate = new Gate();
        await using var app = TestApp.With(
            async connection =>
            {
                await connection.ReceiveAsync();
                await gate.PassAsync();
                (await connection.ReceiveAsync()).ShouldBeNull();
            },
            options => options.MaxMessageSize = 1000);
        await using var socket = await app.ConnectAsync();
        await socket.SendTextAsync("first");
        await socket.SendFragmentsAsync(WebSocketMessageType.Binary, new byte[800], new byte[800]);
        gate.Open();
        await socket.ExpectCloseAsync(WebSocketCloseStatus.MessageTooBig);
    }

    [Fact]
    public async Task A_cancelled_wait_for_a_stream_loses_nothing()
    {
        var cancelledOnce = new Gate();
        await using var app = TestApp.With(async connection =>
        {
            using var cancellation = new CancellationTokenSource();
            var waiting = connection.ReceiveStreamAsync(cancellationToken: cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(waiting);
            cancelledOnce.Open();
            await connection.SendAsync((await connection.ReceiveAsync())!.Value);
        });
        await using var socket = await app.ConnectAsync();
        await cancelledOnce.PassAsync();
        await socket.SendFragmentsAsync("not ", "lost");
        await socket.ExpectTextAsync("not lost");
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_message_as_it_was()
    {
        var cancelledOnce = new Gate();
        await using var app = TestApp.With(async connection =>
        {
            var stream = (await connection.ReceiveStreamAsync())!;
            await stream.ReadExactlyAsync(new byte[2]);
            using var cancellation = new CancellationTokenSource();
            var reading = stream.ReadAsync(new byte[10], cancellation.Token).AsTask();
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(reading);
            cancelledOnce.Open();
            await connection.SendTextAsync(await new StreamReader(stream).ReadToEndAsync());
        });
        await using var socket = await app.ConnectAsync();
        await socket.SendFrameAsync(TestFrame.Text("ab") with { Fin = false });
        await cancelledOnce.PassAsync();
        await socket.SendFrameAsync(TestFrame.Continuation("cd"));
        await socket.ExpectTextAsync("cd");
    }

    private static async Task TakeUploadAsync(WebSocketConnection connection)
    {
        var name = (await connection.ReceiveAsync())!.Value.Text;
        await connection.SendTextAsync($"go on with {name}");
        await using var stream = (await connection.ReceiveStreamAsync())!;
        var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        await connection.SendTextAsync($"{copy.Length}");
    }
}
