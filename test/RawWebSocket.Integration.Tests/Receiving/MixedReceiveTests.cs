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
