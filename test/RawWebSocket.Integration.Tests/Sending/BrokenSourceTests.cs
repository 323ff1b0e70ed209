using System.Runtime.CompilerServices;
using System.Text;

namespace RawWebSocket.Integration.Tests.Sending;

public class BrokenSourceTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task An_exception_of_the_source_is_thrown_on_and_closes_with_1011(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var sending = connection.SendAsync(WebSocketMessageType.Binary, ThrowingAfterAsync(2)).Within();
        var waiting = connection.SendTextAsync("behind it").Within();

        await socket.ExpectFrameAsync(TestFrame.Binary([0]) with { Fin = false });
        await socket.ExpectFrameAsync(TestFrame.Continuation([1]) with { Fin = false });
        (await Should.ThrowAsync<InvalidOperationException>(sending)).Message.ShouldBe("the source broke");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await waiting).ShouldBe(SendResult.Closed, "no other message may begin inside the broken one");
        (await handler.Closed).Code.ShouldBe(WebSocketCloseStatus.InternalServerError);
    }

    [Fact]
    public async Task An_exception_before_the_first_piece_is_thrown_on_and_nothing_has_happened()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        await Should.ThrowAsync<InvalidOperationException>(
            connection.SendAsync(WebSocketMessageType.Binary, ThrowingAfterAsync(0)).Within());
        (await connection.SendTextAsync("fine")).ShouldBe(SendResult.Sent);
        await socket.ExpectTextAsync("fine");
    }

    [Theory]
    [InlineData("good, then bad", "676F6F64FF")]
    [InlineData("ends inside a character", "676F6F64E4")]
    public async Task Text_that_is_not_utf8_closes_with_1011(string why, string hex)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, options => options.SendFragmentSize = 4);
        await using var socket = await app.ConnectAsync();
        var content = new MemoryStream(Convert.FromHexString(hex));
        var sending = (await handler.Opened).SendAsync(WebSocketMessageType.Text, content).Within();
        await Should.ThrowAsync<InvalidDataException>(sending, why);
        await socket.ExpectFrameAsync(TestFrame.Text("good") with { Fin = false });
        await socket.ExpectCloseAsync(WebSocketCloseStatus.InternalServerError);
        (await handler.Closed).Code.ShouldBe(WebSocketCloseStatus.InternalServerError);
    }

    [Fact]
    public async Task A_type_that_is_no_message_is_refused()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        await Should.ThrowAsync<ArgumentOutOfRangeException>(
            async () => await connection.SendAsync(WebSocketMessageType.Close, Stream.Null));
        await Should.ThrowAsync<ArgumentNullException>(async () => await connection.SendAsync(WebSocketMessageType.Text, (Stream)null!));
        await socket.ExpectSilenceAsync();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_source_is_let_go_when_the_peer_goes(ServerKind kind)
    {
        var letGo = new TaskCompletionSource();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var sending = (await handler.Opened).SendAsync(WebSocketMessageType.Binary, EndlessAsync(letGo)).Within();
        for (var i = 0; i < 10; i++)
        {
            await socket.ExpectFrameAsync();
        }

        socket.Abort();
        (await sending).ShouldBe(SendResult.Closed);
        await letGo.Task.Within();
        (await handler.Closed).Code.ShouldBe(WebSocketClosure.Abnormal);
        app.Log.Problems.ShouldBeEmpty();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_message_that_never_ends_does_not_keep_the_answer_to_a_close_back(ServerKind kind)
    {
        var sent = new TaskCompletionSource<SendResult>();
        var letGo = new TaskCompletionSource();
        await using var app = TestApp.With(
            async connection => sent.SetResult(await connection.SendAsync(WebSocketMessageType.Binary, EndlessAsync(letGo))), kind: kind);
        await using var socket = await app.ConnectAsync();
        await socket.ExpectFrameAsync();
        await socket.SendCloseAsync(WebSocketCloseStatus.NormalClosure);
        TestFrame frame;
        do
        {
            frame = await socket.ExpectFrameAsync();
        }
        while (frame.Opcode != FrameOpcode.Close);
        frame.ShouldBe(TestFrame.Close(WebSocketCloseStatus.NormalClosure));
        (await sent.Task.Within()).ShouldBe(SendResult.Closed);
        await letGo.Task.Within();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ThrowingAfterAsync(int count)
    {
        for (byte i = 0; i < count; i++)
        {
            yield return new[] { i };
            await Task.Yield();
        }

        throw new InvalidOperationException("the source broke");
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> EndlessAsync(
        TaskCompletionSource letGo, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            while (!cancellationToken.IsCancellationRequested)
            {
                yield return Encoding.UTF8.GetBytes("more and more ");
                await Task.Yield();
            }
        }
        finally
        {
            letGo.SetResult();
        }
    }
}
