using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Connections.Receiving;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections;

public class IncomingStreamTests
{
    private readonly ReceiveQueueRig _rig = new();

    [Fact]
    public async Task The_pieces_are_read_in_order_and_0_is_the_end()
    {
        using var stream = Begin("Hel");
        _rig.AddPiece("lo");
        _rig.AddPiece("");
        _rig.AddPiece(" you", endsMessage: true);
        stream.MessageType.ShouldBe(WebSocketMessageType.Text);
        (await ReadToEnd(stream, 100)).ShouldBe(["Hel", "lo", " you"]);
        stream.IsFinished.ShouldBeTrue();
        (await stream.ReadAsync(new byte[1])).ShouldBe(0);
    }

    [Fact]
    public async Task A_small_buffer_gets_a_piece_bit_by_bit()
    {
        using var stream = Begin("Hello", endsMessage: true);
        (await ReadToEnd(stream, 2)).ShouldBe(["He", "ll", "o"]);
    }

    [Fact]
    public async Task A_message_of_one_piece_is_finished_with_its_last_byte()
    {
        using var stream = Begin("ab", endsMessage: true);
        stream.IsFinished.ShouldBeFalse();
        await stream.ReadExactlyAsync(new byte[2]);
        stream.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public async Task An_empty_message_ends_at_once()
    {
        using var stream = Begin("", endsMessage: true);
        (await stream.ReadAsync(new byte[1])).ShouldBe(0);
        stream.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public async Task A_read_waits_for_the_next_piece()
    {
        using var stream = Begin("a");
        await stream.ReadExactlyAsync(new byte[1]);
        var reading = stream.ReadAsync(new byte[10]).AsTask();
        reading.IsCompleted.ShouldBeFalse();
        _rig.AddPiece("bc", endsMessage: true);
        _rig.Queue.Wake();
        (await reading).ShouldBe(2);
    }

    [Fact]
    public async Task A_cancelled_read_leaves_the_message_as_it_was()
    {
        using var stream = Begin("a");
        await stream.ReadExactlyAsync(new byte[1]);
        using var cancellation = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[10], cancellation.Token).AsTask();
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(reading);
        await Should.ThrowAsync<OperationCanceledException>(stream.ReadAsync(new byte[10], cancellation.Token).AsTask());

        _rig.AddPiece("bc", endsMessage: true);
        _rig.Queue.Wake();
        (await ReadToEnd(stream, 10)).ShouldBe(["bc"]);
    }

    [Fact]
    public async Task When_the_connection_ends_inside_the_message_reading_fails_now_and_later()
    {
        using var stream = Begin("a");
        await stream.ReadExactlyAsync(new byte[1]);
        var reading = stream.ReadAsync(new byte[10]).AsTask();
        _rig.Queue.Complete();
        await Should.ThrowAsync<IOException>(reading);
        stream.IsFinished.ShouldBeTrue();
        await Should.ThrowAsync<IOException>(stream.ReadAsync(new byte[10]).AsTask());
    }

    [Fact]
    public async Task Disposing_early_skips_the_rest_of_the_message()
    {
        var stream = Begin("a");
        _rig.AddPiece("b");
        await stream.DisposeAsync();
        stream.IsFinished.ShouldBeTrue();
        _rig.AddPiece("c", endsMessage: true);
        _rig.AddMessage("next");
        _rig.Take().ShouldBe("next");
        stream.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stream_disposed_of_before_its_end_cannot_be_read(bool isLastPiece)
    {
        var stream = Begin("abc", isLastPiece);
        await stream.ReadExactlyAsync(new byte[1]);
        stream.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(stream.ReadAsync(new byte[1]).AsTask());
    }

    [Fact]
    public void It_can_be_read_forwards_and_only_asynchronously()
    {
        using var stream = Begin("a");
        (stream.CanRead, stream.CanSeek, stream.CanWrite).ShouldBe((true, false, false));
        Should.Throw<NotSupportedException>(() => stream.Read(new byte[1], 0, 1));
        Should.Throw<NotSupportedException>(() => stream.ReadByte());
        Should.Throw<NotSupportedException>(() => stream.Length);
        Should.Throw<NotSupportedException>(() => stream.Position);
        Should.Throw<NotSupportedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Should.Throw<NotSupportedException>(() => stream.SetLength(0));
        Should.Throw<NotSupportedException>(() => stream.Write([1], 0, 1));
        stream.Flush();
    }

    private IncomingStream Begin(string text, bool endsMessage = false)
    {
        _rig.AddPiece(text, endsMessage);
        _rig.Queue.TryTake(out var first).ShouldBeTrue();
        first.Kind.ShouldBe(IncomingKind.Piece);
        return new IncomingStream(_rig.Queue, first);
    }

    private static async Task<List<string>> ReadToEnd(IncomingStream stream, int bufferSize)
    {
        var reads = new List<string>();
        var buffer = new byte[bufferSize];
        while (await stream.ReadAsync(buffer) is var count && count > 0)
        {
            reads.Add(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return reads;
    }
}
