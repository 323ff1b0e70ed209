using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using System.Net.WebSockets;
using RawWebSocket.Connections;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Connections.Direct;

/// <summary>Which way a send queue chooses, by what goes into the pipe and what the socket's peer gets.</summary>
public sealed class SendQueueSocketTests : IDisposable
{
    private const int Huge = 100 * 1024;

    private readonly SocketPair _sockets = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly SendQueue _queue;

    public SendQueueSocketTests() => _queue = MakeQueue();

    public void Dispose() => _sockets.Dispose();

    [LinuxFact]
    public async Task A_send_leaves_through_the_socket()
    {
        (await _queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None)).ShouldBe(SendResult.Sent);
        _sockets.Receive(5)[..2].ShouldBe([0x82, 3]);
        Piped().ShouldBe(0);
    }

    [LinuxFact]
    public void A_post_leaves_through_the_socket_unless_it_is_to_leave_with_others()
    {
        _queue.Post(Frame(3)).ShouldBe(PostResult.Queued);
        _sockets.Receive(5)[..2].ShouldBe([0x82, 3]);

        _queue.Post(Frame(3), leave: Leave.WithOthers).ShouldBe(PostResult.Queued);
        Piped().ShouldBe(5);
    }

    [LinuxFact]
    public async Task What_answers_one_read_leaves_through_the_socket_when_all_of_it_is_written()
    {
        _queue.BeginBatch();
        await _queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None);
        _queue.Post(Opcode.Text, "abcd"u8).ShouldBe(PostResult.Queued);
        _sockets.Far.Available.ShouldBe(0);
        _queue.EndBatch();
        _sockets.Receive(5 + 6)[5..].ShouldBe([0x81, 4, .. "abcd"u8]);
        Piped().ShouldBe(0);
    }

    // The clock is the system's, and how many sends it sees within a millisecond is not for the test to say; but some time it is enough.
    [LinuxFact]
    public void Short_posts_in_fast_succession_leave_with_others_in_the_end()
    {
        var posts = 0;
        while (PostAndLook(length: 3))
        {
            (++posts).ShouldBeLessThan(10_000);
        }
    }

    [LinuxFact]
    public void Longer_posts_leave_at_once_however_fast_they_come()
    {
        for (var i = 0; i < 20 * SendPace.MostAtOnce; i++)
        {
            PostAndLook(SendPace.ShortSend).ShouldBeTrue();
        }
    }

    [LinuxFact]
    public void Answers_to_reads_leave_at_once_however_fast_they_come()
    {
        for (var i = 0; i < 20 * SendPace.MostAtOnce; i++)
        {
            WaitForRoom();
            _queue.BeginBatch();
            _queue.Post(Opcode.Binary, [1, 2, 3]).ShouldBe(PostResult.Queued);
            _queue.EndBatch();
            _sockets.Receive(5);
        }

        Piped().ShouldBe(0);
        PostAndLook(length: 3).ShouldBeTrue("answers do not count as sends in fast succession");
    }

    [LinuxFact]
    public async Task What_another_thread_sends_meanwhile_takes_along_what_has_been_gathered_its_own_way()
    {
        _queue.BeginBatch();
        await _queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None);
        AnotherThread.Runs(() => _queue.SendPing("1"u8));
        Piped().ShouldBe(5 + 3);
        _queue.EndBatch();
        Piped().ShouldBe(0);
        _sockets.Far.Available.ShouldBe(0);

        _queue.BeginBatch();
        await _queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None);
        _queue.EndBatch();
        _sockets.Receive(5);
    }

    // An answer is gathered unless something lies in the pipe, and only what the socket does not take gets there.
    [LinuxFact]
    public async Task Answers_for_which_the_socket_has_no_room_wait_in_the_pipe_with_all_that_follow()
    {
        const int Length = 60_000;
        var answers = 0;
        ReadResult read;
        while (!_pipe.Reader.TryRead(out read))
        {
            _queue.BeginBatch();
            await _queue.SendAsync(Opcode.Binary, Numbered(answers++, Length), CancellationToken.None);
            _queue.EndBatch();
        }

        _pipe.Reader.AdvanceTo(read.Buffer.Start);
        _queue.BeginBatch();
        await _queue.SendAsync(Opcode.Binary, Numbered(answers++, Length), CancellationToken.None);
        _queue.EndBatch();

        const int Size = 4 + Length;
        var piped = _pipe.Reader.TryRead(out read) ? read.Buffer.ToArray() : [];
        piped.Length.ShouldBeInRange(Size + 1, 2 * Size);
        byte[] all = [.. _sockets.Receive((answers * Size) - piped.Length), .. piped];
        for (var answer = 0; answer < answers; answer++)
        {
            all.AsSpan((answer * Size) + 4, Length).IndexOfAnyExcept((byte)answer).ShouldBe(-1);
        }
    }

    [LinuxFact]
    public void Where_the_transport_sends_inline_fast_posts_leave_at_once_too()
    {
        var queue = MakeQueue(sendsInline: true);
        for (var i = 0; i < 20 * SendPace.MostAtOnce; i++)
        {
            WaitForRoom();
            queue.Post(Frame(3)).ShouldBe(PostResult.Queued);
            _sockets.Receive(5);
        }

        Piped().ShouldBe(0);
    }

    [Fact]
    public void Pings_leave_with_others()
    {
        _queue.SendPing("1"u8);
        Piped().ShouldBe(3);
    }

    [Fact]
    public void A_close_leaves_with_others()
    {
        _ = _queue.CloseAsync(new ClosePayload(WebSocketCloseStatus.NormalClosure, ""), StreamedMessage.IsFinished);
        Piped().ShouldBe(4);
    }

    [LinuxFact]
    public async Task A_long_message_that_is_awaited_leaves_at_once_and_one_that_is_posted_with_others()
    {
        var sending = _queue.SendAsync(Opcode.Binary, Payload(Huge), CancellationToken.None);
        _sockets.Receive(Huge + 10 - (int)Piped());
        (await sending).ShouldBe(SendResult.Sent);

        _queue.Post(Frame(Huge));
        Piped().ShouldBe(Huge + 10);
    }

    [Fact]
    public async Task What_was_gathered_when_sending_stops_is_not_sent()
    {
        _queue.BeginBatch();
        await _queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None);
        await _queue.StopAsync();
        _queue.EndBatch();
        Piped().ShouldBe(0);
        _sockets.Far.Available.ShouldBe(0);
    }

    [LinuxFact]
    public async Task Where_the_transport_sends_inline_everything_leaves_at_once()
    {
        var queue = MakeQueue(sendsInline: true);
        queue.BeginBatch();
        await queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None);
        queue.EndBatch();
        queue.SendPing("1"u8);
        for (var i = 0; i < 2 * SendPace.MostAtOnce; i++)
        {
            queue.Post(Frame(3), leave: Leave.WithOthers).ShouldBe(PostResult.Queued);
        }

        queue.Post(Frame(Huge));
        _sockets.Receive(5 + 3 + (2 * SendPace.MostAtOnce * 5));
        _sockets.Receive(Huge + 10 - (int)Piped());

        WaitForRoom();
        _ = queue.CloseAsync(new ClosePayload(WebSocketCloseStatus.NormalClosure, ""), StreamedMessage.IsFinished);
        _sockets.Receive(4)[..2].ShouldBe([0x88, 2]);
        Piped().ShouldBe(0);
    }

    [LinuxFact]
    public async Task Sending_that_stops_while_a_full_transport_is_waited_for_has_stopped_when_that_has_ended()
    {
        var pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 1, resumeWriterThreshold: 1));
        var queue = MakeQueue(output: pipe.Writer);
        Task<SendResult> sending;
        do
        {
            sending = queue.SendAsync(Opcode.Binary, Payload(Huge), CancellationToken.None).AsTask();
        }
        while (sending.IsCompleted);

        var next = queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None);
        var stopping = queue.StopAsync();
        stopping.IsCompleted.ShouldBeFalse();
        (await next).ShouldBe(SendResult.Closed);

        await pipe.Reader.CompleteAsync();
        await stopping.WaitAsync(TimeSpan.FromSeconds(30));
        (await sending).ShouldBe(SendResult.Closed);
        (await queue.SendAsync(Opcode.Binary, Payload(3), CancellationToken.None)).ShouldBe(SendResult.Closed);
    }

    private SendQueue MakeQueue(bool sendsInline = false, PipeWriter? output = null) => new(
        output ?? _pipe.Writer,
        new SilentObserver(new MemoryAccount(new MemoryBudget(long.MaxValue)), sendsInline),
        socket: _sockets.Near.SafeHandle);

    // Whether it has left through the socket, which has room for it.
    private bool PostAndLook(int length)
    {
        WaitForRoom();
        _queue.Post(Frame(length)).ShouldBe(PostResult.Queued);
        var size = FrameHeader.WrittenSize(length) + length;
        if (Piped() is > 0 and var piped)
        {
            piped.ShouldBe(size);
            return false;
        }

        _sockets.Receive(size);
        return true;
    }

    // What has been read need not be acknowledged yet, and until then there may be no room.
    private void WaitForRoom() => _sockets.Near.Poll(TimeSpan.FromSeconds(30), SelectMode.SelectWrite).ShouldBeTrue();

    private static ReadOnlySequence<byte> Payload(int length) => new(new byte[length]);

    private static ReadOnlySequence<byte> Numbered(int number, int length)
    {
        var payload = new byte[length];
        payload.AsSpan().Fill((byte)number);
        return new(payload);
    }

    private static EncodedFrame Frame(int length) => EncodedFrame.Binary(new byte[length]);

    private long Piped()
    {
        if (!_pipe.Reader.TryRead(out var read))
        {
            return 0;
        }

        var length = read.Buffer.Length;
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return length;
    }
}
