using System.Threading.Channels;

namespace RawWebSocket.Integration.Tests.Sending;

public class SendCancellationTests
{
    // More than the operating system and the server hold for a client that does not read.
    private const int MoreThanFits = 24 * 1024 * 1024;

    [Theory, InMemoryAndOverKestrel]
    public async Task A_queued_send_that_is_cancelled_leaves_nothing_behind(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        using var cancellation = new CancellationTokenSource();

        // The client does not read yet, so all but the first wait their turn.
        var content = Bytes.Counting(MoreThanFits);
        var stuck = connection.SendBinaryAsync(content).Within();
        var text = connection.SendTextAsync("given up", cancellation.Token).Within();
        var binary = connection.SendBinaryAsync(new byte[100_000], cancellation.Token).Within();
        var streamed = connection.SendAsync(WebSocketMessageType.Text, new MemoryStream([1]), cancellation.Token).Within();
        var kept = connection.SendTextAsync("kept").Within();
        await cancellation.CancelAsync();
        foreach (var given in new Task[] { text, binary, streamed })
        {
            await Should.ThrowAsync<OperationCanceledException>(given);
        }

        stuck.IsCompleted.ShouldBeFalse();
        (await socket.ExpectBinaryAsync()).AsSpan().SequenceEqual(content).ShouldBeTrue();
        await socket.ExpectTextAsync("kept");
        (await stuck).ShouldBe(SendResult.Sent);
        (await kept).ShouldBe(SendResult.Sent);
        await socket.ExpectSilenceAsync();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_send_that_has_begun_is_finished_whatever_its_token_says(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        using var cancellation = new CancellationTokenSource();

        var content = Bytes.Counting(MoreThanFits);
        var begun = connection.SendBinaryAsync(content, cancellation.Token).Within();
        await cancellation.CancelAsync();
        (await socket.ExpectBinaryAsync()).AsSpan().SequenceEqual(content).ShouldBeTrue();
        (await begun).ShouldBe(SendResult.Sent);
        (await connection.SendTextAsync("alive")).ShouldBe(SendResult.Sent);
        await socket.ExpectTextAsync("alive");
    }

    [Fact]
    public async Task A_token_that_is_cancelled_already_sends_nothing()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        var cancelled = new CancellationToken(canceled: true);

        await Should.ThrowAsync<OperationCanceledException>(async () => await connection.SendTextAsync("x", cancelled));
        await Should.ThrowAsync<OperationCanceledException>(async () => await connection.SendBinaryAsync(new byte[1], cancelled));
        await Should.ThrowAsync<OperationCanceledException>(async () => await connection.SendJsonAsync(1, cancellationToken: cancelled));
        await Should.ThrowAsync<OperationCanceledException>(
            async () => await connection.SendAsync(WebSocketMessageType.Text, new MemoryStream([1]), cancelled));
        await Should.ThrowAsync<OperationCanceledException>(async () => await connection.PingAsync(cancelled));
        await socket.ExpectSilenceAsync();
    }

    [Theory, InMemoryAndOverKestrel]
    public async Task A_streamed_send_that_is_cancelled_midway_ends_its_message_and_nothing_else(ServerKind kind)
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler, kind: kind);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        using var cancellation = new CancellationTokenSource();
        var pieces = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();

        var sending = connection.SendAsync(WebSocketMessageType.Text, pieces.Reader.ReadAllAsync(), cancellation.Token).Within();
        pieces.Writer.TryWrite("so far ä"u8.ToArray());
        pieces.Writer.TryWrite(new byte[] { 0xC3 }); // half a character, which must not leave
        await socket.ExpectFrameAsync(TestFrame.Text("so far ä") with { Fin = false });
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);

        await socket.ExpectFrameAsync(TestFrame.Continuation(""));
        (await connection.SendTextAsync("alive")).ShouldBe(SendResult.Sent);
        await socket.ExpectTextAsync("alive");
        (await socket.CloseAsync()).Code.ShouldBe(WebSocketCloseStatus.NormalClosure);
    }

    [Fact]
    public async Task A_streamed_send_that_is_cancelled_before_its_first_piece_leaves_nothing_behind()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync();
        var connection = await handler.Opened;
        using var cancellation = new CancellationTokenSource();
        var never = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();

        var sending = connection.SendAsync(WebSocketMessageType.Text, never.Reader.ReadAllAsync(), cancellation.Token).Within();
        var behind = connection.SendTextAsync("behind").Within();
        await cancellation.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(sending);
        await socket.ExpectFrameAsync(TestFrame.Text("behind"));
        (await behind).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task Cancelling_at_random_never_breaks_the_stream_of_frames()
    {
        var handler = new ScriptedHandler();
        await using var app = TestApp.With(handler);
        await using var socket = await app.ConnectAsync("/", options => options.TransportCapacity = 100);
        var connection = await handler.Opened;
        var random = new Random(6455);
        var outcomes = new List<Task<bool>>();
        for (var number = 0; number < 400; number++)
        {
            outcomes.Add(SendAsync(connection, number, random.Next(3), random.Next(200)));
        }

        var last = connection.SendTextAsync("last").Within();
        var arrived = new List<int>();
        for (var text = await socket.ExpectTextAsync(); text != "last"; text = await socket.ExpectTextAsync())
        {
            arrived.Add(int.Parse(text.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
        }

        await last;
        var sent = (await Task.WhenAll(outcomes).Within()).Index().Where(outcome => outcome.Item).Select(outcome => outcome.Index);
        arrived.ShouldBe(sent);
    }

    private static async Task<bool> SendAsync(WebSocketConnection connection, int number, int when, int length)
    {
        using var cancellation = new CancellationTokenSource();
        var sending = connection.SendTextAsync($"{number} {new string('x', length)}", cancellation.Token).Within();
        if (when == 1)
        {
            await Task.Yield();
        }

        if (when > 0)
        {
            await cancellation.CancelAsync();
        }

        try
        {
            return await sending == SendResult.Sent;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
