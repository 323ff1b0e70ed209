using System.Buffers;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

/// <summary>Messages of one frame: order, waiting, cancelling, stopping.</summary>
public class SendQueueTests
{
    private readonly SendQueueRig _rig = new();

    [Fact]
    public async Task A_message_goes_straight_into_a_free_output()
    {
        var rig = new SendQueueRig(pauseThreshold: 1000);
        var sending = rig.Send("Hello");
        sending.IsCompleted.ShouldBeTrue();
        (await sending).ShouldBe(SendResult.Sent);
        rig.Output.Flushes.ShouldBe(1);
        rig.Read().ShouldBe(["81 Hello"]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(5000)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(65537)]
    [InlineData(300_000)]
    [InlineData(0, true)]
    [InlineData(125, true)]
    [InlineData(126, true)]
    [InlineData(5000, true)]
    [InlineData(65535, true)]
    [InlineData(65536, true)]
    [InlineData(65537, true)]
    [InlineData(300_000, true)]
    public async Task Payloads_of_all_lengths_arrive_whole_and_are_counted(int length, bool isCut = false)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var sequence = isCut ? Segments.Cut(payload, length / 3, length / 3, length / 2) : new ReadOnlySequence<byte>(payload);
        var sending = _rig.Queue.Messages.SendAsync(Opcode.Binary, sequence, default).AsTask();

        var frame = _rig.ReadFrames().ShouldHaveSingleItem();
        frame.FirstByte.ShouldBe((byte)0x82);
        frame.Payload.AsSpan().SequenceEqual(payload).ShouldBeTrue();
        (await sending).ShouldBe(SendResult.Sent);
        _rig.Bytes.ShouldBe(FrameHeader.WrittenSize(length) + length);
    }

    [Fact]
    public async Task Messages_that_wait_leave_in_the_order_of_the_calls()
    {
        var sends = new List<Task<SendResult>> { _rig.Stall("0") };
        for (var i = 1; i < 10; i++)
        {
            sends.Add(_rig.Send($"{i}"));
            sends[^1].IsCompleted.ShouldBeFalse();
        }

        _rig.Read().ShouldBe(Enumerable.Range(0, 10).Select(i => $"81 {i}"));
        (await Task.WhenAll(sends)).ShouldAllBe(result => result == SendResult.Sent);
    }

    [Fact]
    public void What_waited_leaves_with_one_flush()
    {
        _ = _rig.Stall();
        for (var i = 0; i < 10; i++)
        {
            _ = _rig.Send("waits");
        }

        _rig.Output.Flushes.ShouldBe(1);
        _rig.Read().Count.ShouldBe(11);
        _rig.Output.Flushes.ShouldBe(2);
    }

    [Fact]
    public async Task A_send_that_was_cancelled_while_it_waited_leaves_nothing_behind()
    {
        using var cancellation = new CancellationTokenSource();
        _ = _rig.Stall("a");
        var cancelled = _rig.Send("b", cancellation.Token);
        var other = _rig.Send("c");
        cancellation.Cancel();

        var exception = await Should.ThrowAsync<OperationCanceledException>(cancelled);
        exception.CancellationToken.ShouldBe(cancellation.Token);
        _rig.Read().ShouldBe(["81 a", "81 c"]);
        (await other).ShouldBe(SendResult.Sent);
        (await SendAndRead("d")).ShouldBe(["81 d"]);
    }

    [Fact]
    public async Task When_all_that_waited_was_cancelled_the_output_is_free_again()
    {
        using var cancellation = new CancellationTokenSource();
        _ = _rig.Stall("a");
        var cancelled = _rig.Send("b", cancellation.Token);
        cancellation.Cancel();
        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        _rig.Read().ShouldBe(["81 a"]);
        (await SendAndRead("c")).ShouldBe(["81 c"]);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(200_000)]
    public async Task A_send_that_has_begun_is_finished_whatever_its_token_says(int length)
    {
        using var cancellation = new CancellationTokenSource();
        var sending = _rig.Send(new string('x', length), cancellation.Token);
        cancellation.Cancel();
        sending.IsCompleted.ShouldBeFalse();
        _rig.ReadFrames().ShouldHaveSingleItem().Payload.Length.ShouldBe(length);
        (await sending).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_send_with_a_cancelled_token_does_not_begin()
    {
        await Should.ThrowAsync<OperationCanceledException>(_rig.Send("x", new CancellationToken(canceled: true)));
        _rig.Output.Written.ShouldBe(0);
    }

    [Fact]
    public async Task A_send_that_is_done_lets_go_of_its_token()
    {
        using var cancellation = new CancellationTokenSource();
        _ = _rig.Stall();
        var sending = _rig.Send("x", cancellation.Token);
        _rig.Read();
        (await sending).ShouldBe(SendResult.Sent);
        cancellation.Cancel();
        (await SendAndRead("y")).ShouldBe(["81 y"]);
    }

    [Fact]
    public void A_large_message_passes_the_output_in_chunks_so_that_a_slow_peer_holds_it_back()
    {
        const int Large = 1_000_000;
        var sending = _rig.Send(new string('x', Large));
        var reads = 0;
        while (_rig.ReadOnce() is var read && read > 0)
        {
            read.ShouldBeLessThanOrEqualTo((64 * 1024) + FrameHeader.MaxWrittenSize);
            reads++;
        }

        reads.ShouldBeGreaterThan(10);
        _rig.Output.Written.ShouldBe(Large + 10);
        sending.IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Stopping_ends_what_waits_and_waits_for_the_flush_under_way()
    {
        var first = _rig.Stall();
        var waiting = _rig.Send("waits");
        _rig.Queue.Controls.SendPing([]);

        var stopped = _rig.Queue.StopAsync();
        (await waiting).ShouldBe(SendResult.Closed);
        stopped.IsCompleted.ShouldBeFalse();

        _rig.Read().ShouldBe(["81 stall"]);
        await stopped;
        (await first).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_stopped_queue_does_not_touch_the_output_any_more()
    {
        await _rig.Queue.StopAsync();
        (await _rig.Send("x")).ShouldBe(SendResult.Closed);
        (await _rig.Close()).ShouldBe(SendResult.Closed);
        (await _rig.Queue.Fragments.BeginAsync(default)).ShouldBe(SendResult.Closed);
        (await _rig.SendFragment(Opcode.Text, "x")).ShouldBe(SendResult.Closed);
        _rig.Queue.Messages.Post(EncodedFrame.Binary(new byte[8])).ShouldBe(PostResult.Closed);
        _rig.Queue.Controls.SendPing([]);
        _rig.Queue.Controls.SendPong([]);
        _rig.Output.Written.ShouldBe(0);
        _rig.Output.Flushes.ShouldBe(0);
        _rig.Overflows.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0, 70_000)]
    [InlineData(0, 0, 70_000, 0, 5)]
    [InlineData(70_000, 0, 70_000, 0)]
    public async Task A_large_message_may_have_empty_pieces(params int[] lengths)
    {
        var rig = new SendQueueRig(pauseThreshold: 0);
        var pieces = lengths.Select(length => new ReadOnlyMemory<byte>(new byte[length])).ToArray();
        var sending = rig.Queue.Messages.SendAsync(Opcode.Binary, Segments.Of(pieces), default).AsTask();
        (await sending.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(SendResult.Sent);
        rig.ReadFrames().ShouldHaveSingleItem().Payload.Length.ShouldBe(lengths.Sum());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_payload_that_sends_when_it_is_looked_at_breaks_no_frame(int pieces)
    {
        using var memory = new CallingMemory(() => _rig.Queue.Messages.Post(Opcode.Text, "inside"u8));
        var payload = Segments.Of([.. Enumerable.Repeat((ReadOnlyMemory<byte>)memory.Memory, pieces)]);
        Should.Throw<InvalidOperationException>(() => _rig.Queue.Messages.SendAsync(Opcode.Text, payload, default).AsTask());
        _ = _rig.Send("after");
        _rig.Read().ShouldBe(["81 after"]);
    }

    [Fact]
    public async Task Stopping_in_the_middle_of_a_large_message_stops_behind_it()
    {
        var large = _rig.Send(new string('x', 200_000));
        var stopped = _rig.Queue.StopAsync();
        _rig.ReadFrames().ShouldHaveSingleItem();
        await stopped;
        (await large).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task When_the_reader_has_gone_sending_is_closed_and_not_an_exception()
    {
        var stalled = _rig.Stall();
        var waiting = _rig.Send("waits");
        var large = _rig.Send(new string('x', 100_000));
        _rig.LoseReader();

        (await stalled).ShouldBe(SendResult.Closed);
        (await waiting).ShouldBe(SendResult.Closed);
        (await large).ShouldBe(SendResult.Closed);
        (await _rig.Send("later")).ShouldBe(SendResult.Closed);
        await _rig.Queue.StopAsync();
    }

    [Fact]
    public async Task When_the_reader_goes_inside_a_large_message_the_rest_is_not_written()
    {
        var large = _rig.Send(new string('x', 1_000_000));
        _rig.LoseReader();
        (await large).ShouldBe(SendResult.Closed);
        _rig.Output.Written.ShouldBeLessThan(200_000);
    }

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(OperationCanceledException))]
    [InlineData(typeof(ObjectDisposedException))]
    [InlineData(typeof(InvalidOperationException), true)]
    public async Task A_flush_that_throws_that_the_transport_ended_closes(Type exception, bool atOnce = false)
    {
        _rig.Output.FailsAtOnce = atOnce;
        _rig.Output.Failure = exception == typeof(ObjectDisposedException)
            ? new ObjectDisposedException("transport")
            : (Exception)Activator.CreateInstance(exception)!;
        (await _rig.Send("x")).ShouldBe(SendResult.Closed);
        (await _rig.Send("y")).ShouldBe(SendResult.Closed);
        _rig.Output.Flushes.ShouldBe(1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_flush_that_throws_lets_go_of_the_output(bool isLarge)
    {
        _rig.Output.Failure = new IOException();
        _rig.Output.FailsAtOnce = true;
        (await _rig.Send(new string('x', isLarge ? 100_000 : 1))).ShouldBe(SendResult.Closed);

        await _rig.Queue.StopAsync();
        _rig.WriteFailure.ShouldBeNull();
        _rig.ShouldHoldNothing();
    }

    [Fact]
    public void What_is_written_is_counted_with_its_headers()
    {
        _ = _rig.Stall("12345");
        _rig.Queue.Messages.Post(EncodedFrame.Text("123"));
        _ = _rig.Send(new string('x', 70_000));
        _rig.Queue.Controls.SendPing([1, 2]);
        _ = _rig.Close(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure);
        _rig.ReadFrames().Count.ShouldBe(5);

        _rig.Bytes.ShouldBe((2 + 5) + (2 + 3) + (10 + 70_000) + (2 + 2) + (2 + 2));
        _rig.Messages.ShouldBe(3);
        _rig.Output.Written.ShouldBe(_rig.Bytes);
    }

    private async Task<List<string>> SendAndRead(string text)
    {
        var sending = _rig.Send(text);
        var frames = _rig.Read();
        (await sending).ShouldBe(SendResult.Sent);
        return frames;
    }

    /// <summary>Memory that calls somebody when it is looked at.</summary>
    private sealed class CallingMemory(Action call) : MemoryManager<byte>
    {
        public override Memory<byte> Memory => CreateMemory(10);

        public override Span<byte> GetSpan()
        {
            call();
            return new byte[10];
        }

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
