using System.Text;
using System.Threading.Channels;

namespace RawWebSocket.Integration.Tests.Sending;

public class StreamedSendTests
{
    [Theory, InMemoryAndOverKestrel]
    public async Task A_stream_is_sent_in_fragments_of_the_size_that_was_set(ServerKind kind)
    {
        var bytes = Bytes.Counting(2_500);
        var content = new MemoryStream(bytes);
        await using var app = TestApp.With(
            async connection => (await connection.SendAsync(WebSocketMessageType.Binary, content)).ShouldBe(SendResult.Sent),
            options => options.SendFragmentSize = 1000,
            kind: kind);
        await using var socket = await app.ConnectAsync();

        await socket.ExpectFrameAsync(TestFrame.Binary(bytes.AsSpan(0, 1000)) with { Fin = false });
        await socket.ExpectFrameAsync(TestFrame.Continuation(bytes.AsSpan(1000, 1000)) with { Fin = false });
        await socket.ExpectFrameAsync(TestFrame.Continuation(bytes.AsSpan(2000, 500)) with { Fin = false });
        await socket.ExpectFrameAsync(TestFrame.Continuation([]));
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        content.CanRead.ShouldBeTrue("the stream is the caller's to dispose");
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_long_stream_arrives_whole(ServerKind kind)
    {
        var bytes = Bytes.Counting(3 * 1024 * 1024);
        await using var app = TestApp.With(
            connection => connection.SendAsync(WebSocketMessageType.Binary, new MemoryStream(bytes)).AsTask(), kind: kind);
        await using var socket = await app.ConnectAsync();
        var message = await socket.ExpectMessageAsync();
        message.Payload.Span.SequenceEqual(bytes).ShouldBeTrue();
        message.Fragments.ShouldBe((3 * 1024 / 16) + 1);
    }

    [Fact]
    public async Task Each_piece_of_an_enumerable_leaves_as_soon_as_it_is_there_and_large_ones_are_cut()
    {
        var pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var sending = (await handler.Opened).SendAsync(WebSocketMessageType.Binary, pieces.Reader.ReadAllAsync()).Within();

        pieces.Writer.TryWrite(new byte[] { 1 });
        await socket.ExpectFrameAsync(TestFrame.Binary([1]) with { Fin = false });
        pieces.Writer.TryWrite(ReadOnlyMemory<byte>.Empty);
        pieces.Writer.TryWrite(new byte[] { 2 });
        await socket.ExpectFrameAsync(TestFrame.Continuation([2]) with { Fin = false });
        pieces.Writer.TryWrite(new byte[100 * 1024]);
        (await socket.ExpectFrameAsync()).Payload.Length.ShouldBe(64 * 1024);
        (await socket.ExpectFrameAsync()).Payload.Length.ShouldBe(36 * 1024);
        pieces.Writer.Complete();
        await socket.ExpectFrameAsync(TestFrame.Continuation([]));
        (await sending).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task An_empty_stream_is_an_empty_message()
    {
        await using var app = TestApp.With(connection => connection.SendAsync(WebSocketMessageType.Text, Stream.Null).AsTask());
        await using var socket = await app.ConnectAsync();
        await socket.ExpectFrameAsync(TestFrame.Text(""));
    }

    [Fact]
    public async Task Text_is_cut_between_characters_however_the_stream_cuts_it()
    {
        var text = string.Concat(Enumerable.Repeat("aä漢😀", 50));
        await using var app = TestApp.With(
            connection => connection.SendAsync(WebSocketMessageType.Text, new MemoryStream(Encoding.UTF8.GetBytes(text))).AsTask(),
            options => options.SendFragmentSize = 3);
        await using var socket = await app.ConnectAsync();
        var whole = new StringBuilder();
        var strict = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
        TestFrame frame;
        do
        {
            frame = await socket.ExpectFrameAsync();
            whole.Append(strict.GetString(frame.Payload.Span));
        }
        while (!frame.Fin);
        whole.ToString().ShouldBe(text);
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Pongs_and_pings_pass_between_the_fragments(ServerKind kind)
    {
        var pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var sending = connection.SendAsync(WebSocketMessageType.Text, pieces.Reader.ReadAllAsync()).Within();

        pieces.Writer.TryWrite("first, "u8.ToArray());
        await socket.ExpectFrameAsync(TestFrame.Text("first, ") with { Fin = false });
        await socket.SendPingAsync("now?"u8);
        await socket.ExpectFrameAsync(TestFrame.Pong("now?"u8));
        var pinging = connection.PingAsync().Within();
        await socket.ExpectPingAsync();
        (await pinging).ShouldNotBeNull();
        pieces.Writer.TryWrite("last"u8.ToArray());
        pieces.Writer.Complete();
        await socket.ExpectFrameAsync(TestFrame.Continuation("last") with { Fin = false });
        await socket.ExpectFrameAsync(TestFrame.Continuation(""));
        await sending;
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task Other_messages_wait_until_the_streamed_one_is_finished(ServerKind kind)
    {
        var first = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var second = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;

        var sends = new[]
        {
            connection.SendAsync(WebSocketMessageType.Text, first.Reader.ReadAllAsync()).Within(),
            connection.SendTextAsync("short").Within(),
            connection.SendAsync(WebSocketMessageType.Text, second.Reader.ReadAllAsync()).Within(),
        };
        app.Groups.All.SendText("broadcast").ShouldBe(1);
        second.Writer.TryWrite("b1"u8.ToArray());
        second.Writer.Complete();
        first.Writer.TryWrite("a1"u8.ToArray());
        await socket.ExpectFrameAsync(TestFrame.Text("a1") with { Fin = false });
        await socket.ExpectSilenceAsync();
        first.Writer.TryWrite("a2"u8.ToArray());
        first.Writer.Complete();

        await socket.ExpectTextAsync("a1a2");
        await socket.ExpectTextAsync("short");
        await socket.ExpectTextAsync("b1");
        await socket.ExpectTextAsync("broadcast");
        (await Task.WhenAll(sends)).ShouldAllBe(result => result == SendResult.Sent);
    }

    [Fact]
    public async Task A_close_waits_until_the_streamed_message_is_finished()
    {
        var pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var sending = connection.SendAsync(WebSocketMessageType.Text, pieces.Reader.ReadAllAsync()).Within();
        pieces.Writer.TryWrite("begun, "u8.ToArray());
        await socket.ExpectFrameAsync(TestFrame.Text("begun, ") with { Fin = false });

        var closing = connection.CloseAsync();
        pieces.Writer.TryWrite("finished"u8.ToArray());
        pieces.Writer.Complete();
        await socket.ExpectTextAsync("begun, finished");
        await socket.ExpectCloseAsync(WebSocketCloseStatus.NormalClosure);
        (await sending).ShouldBe(SendResult.Sent);
        (await closing.Within()).WasClean.ShouldBeTrue();
    }
}
