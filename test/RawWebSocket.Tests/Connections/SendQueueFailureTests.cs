using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using RawWebSocket.Compression;
using RawWebSocket.Connections.Sending;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Connections;

/// <summary>A transport that has no memory for the rest of a frame: whichever way the frame leaves, nothing may follow its beginning.</summary>
public sealed class SendQueueFailureTests : IDisposable
{
    private const int Length = 5000;

    private readonly FailingPool _pool = new();
    private readonly Pipe _pipe;
    private readonly FailingObserver _observer = new(new MemoryAccount(new MemoryBudget(long.MaxValue)));
    private readonly ZlibPools _zlib = new(maxAttached: 1);

    // Random, so that compressing does not make it shorter.
    private readonly byte[] _payload = new byte[Length];

    public SendQueueFailureTests()
    {
        _pipe = new Pipe(new PipeOptions(_pool, pauseWriterThreshold: 0, useSynchronizationContext: false));
        new Random(1).NextBytes(_payload);
    }

    public void Dispose() => _pool.Dispose();

    public static TheoryData<Way, bool> Ways()
    {
        var ways = new TheoryData<Way, bool>();
        foreach (var way in Enum.GetValues<Way>())
        {
            ways.Add(way, false);
            ways.Add(way, true);
        }

        return ways;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_follows_half_a_frame_and_the_connection_fails(Way way, bool isCompressed)
    {
        var queue = _observer.QueueOver(_pipe.Writer, isCompressed ? new SharedCompression(_zlib, Settings) : null);
        _pool.ThrowAtRent(2);
        (await SendAsync(queue, way)).ShouldBe("Closed");

        _observer.Failures.ShouldHaveSingleItem().ShouldBeSameAs(_pool.Thrown);
        foreach (var next in Enum.GetValues<Way>())
        {
            (await SendAsync(queue, next)).ShouldBe("Closed");
        }

        queue.Controls.SendPing([]);
        (await queue.Controls.CloseAsync(ClosePayload.Empty, StreamedMessage.IsInterrupted)).ShouldBe(SendResult.Closed);
        (await queue.Drainage.WaitAsync(default)).ShouldBeFalse();
        await queue.StopAsync();
        queue.Drainage.BufferedBytes.ShouldBe(0);
        Flushed().ShouldBeEmpty("Of the only frame a part was written.");
        _observer.Failures.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_waits_behind_half_a_frame_is_told_that_it_is_closed()
    {
        // Larger than what is written in one go, so that it is written by the queue's own loop, with flushes in between.
        var queue = _observer.QueueOver(_pipe.Writer);
        _pool.ThrowAtRent(40);
        var large = queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(new byte[1_000_000]), default).AsTask();
        (await large).ShouldBe(SendResult.Closed);
        _observer.Failures.ShouldHaveSingleItem().ShouldBeSameAs(_pool.Thrown);
        var flushed = Flushed();
        ServerFrame.TakeAll(flushed).ShouldBeEmpty();
        flushed.Count.ShouldBeInRange(64 * 1024, 40 * 4096);
        (await SendAsync(queue, Way.Send)).ShouldBe("Closed");
        Flushed().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_ping_for_which_there_is_no_memory_fails_the_connection_and_throws_at_nobody(bool isClose)
    {
        var queue = _observer.QueueOver(_pipe.Writer);
        _pool.ThrowAtRent(1);
        if (isClose)
        {
            (await queue.Controls.CloseAsync(ClosePayload.Empty, StreamedMessage.IsFinished)).ShouldBe(SendResult.Closed);
        }
        else
        {
            queue.Controls.SendPing("ping"u8);
        }

        _observer.Failures.ShouldHaveSingleItem();
        queue.Controls.WrittenClose.ShouldBeNull();
        (await SendAsync(queue, Way.Send)).ShouldBe("Closed");
        Flushed().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_payload_that_cannot_be_compressed_goes_as_it_is()
    {
        var queue = _observer.QueueOver(_pipe.Writer, new FailingCompression(_zlib, Settings));
        (await SendAsync(queue, Way.Send)).ShouldBe("Sent");
        (await SendAsync(queue, Way.Fragment)).ShouldBe("Sent");
        _observer.Failures.ShouldBeEmpty();
        var frames = ServerFrame.TakeAll(Flushed());
        frames.Select(frame => frame.FirstByte).ShouldBe([0x82, 0x82]);
        frames.ForEach(frame => frame.Payload.ShouldBe(_payload));
    }

    // It counted as compressed, so that whatever waited was never written.
    [Fact]
    public async Task What_could_neither_be_compressed_nor_written_keeps_nothing_waiting()
    {
        var queue = _observer.QueueOver(_pipe.Writer, new FailingCompression(_zlib, Settings));
        using var gone = new BrittleMemory(usable: 0, length: MessageWriter.Chunk);
        Should.Throw<ObjectDisposedException>(
            () => queue.Messages.SendAsync(Opcode.Binary, new ReadOnlySequence<byte>(gone.Memory), default).AsTask());
        var closing = Task.Run(() => queue.Controls.CloseAsync(ClosePayload.Empty, StreamedMessage.IsFinished));
        (await closing.WaitAsync(TimeSpan.FromSeconds(30))).ShouldBe(SendResult.Sent);
    }

    [Fact]
    public async Task A_payload_that_is_disposed_between_header_and_copy_fails_the_connection()
    {
        var queue = _observer.QueueOver(_pipe.Writer);
        using var brittle = new BrittleMemory(usable: 1);
        var sending = queue.Messages.SendAsync(Opcode.Binary, Segments.Of(new byte[10], brittle.Memory), default);
        (await sending).ShouldBe(SendResult.Closed);
        _observer.Failures.ShouldHaveSingleItem().ShouldBeOfType<ObjectDisposedException>();
        (await SendAsync(queue, Way.Send)).ShouldBe("Closed");
        Flushed().ShouldBeEmpty();
    }

    private static DeflateSettings Settings => new(CompressionLevel.Optimal, WindowBits: 15, MemoryLevel: 8);

    private async Task<string> SendAsync(SendQueue queue, Way way)
    {
        var payload = new ReadOnlySequence<byte>(_payload);
        switch (way)
        {
            case Way.Send:
                return $"{await queue.Messages.SendAsync(Opcode.Binary, payload, default)}";
            case Way.Segments:
                return $"{await queue.Messages.SendAsync(Opcode.Binary, Segments.Cut(_payload, 10), default)}";
            case Way.Batch:
                // The second message of a batch is written without the lock.
                queue.BeginBatch();
                _ = await queue.Messages.SendAsync(Opcode.Binary, payload.Slice(0, 5), default);
                var batched = await queue.Messages.SendAsync(Opcode.Binary, payload, default);
                queue.EndBatch();
                return $"{batched}";
            case Way.Post:
                return $"{queue.Messages.Post(Opcode.Binary, _payload)}";
            case Way.PostedFrame:
                return $"{queue.Messages.Post(EncodedFrame.Binary(_payload))}";
            case Way.Fragment:
                _ = await queue.Fragments.BeginAsync(default);
                return $"{await queue.Fragments.SendAsync(Opcode.Binary, _payload, isFinal: true)}";
            default:
                throw new ArgumentOutOfRangeException(nameof(way));
        }
    }

    private List<byte> Flushed()
    {
        if (!_pipe.Reader.TryRead(out var read))
        {
            return [];
        }

        var bytes = read.Buffer.ToArray().ToList();
        _pipe.Reader.AdvanceTo(read.Buffer.End);
        return bytes;
    }

    public enum Way
    {
        Send,
        Segments,
        Batch,
        Post,
        PostedFrame,
        Fragment,
    }

    private sealed class FailingCompression(ZlibPools pools, DeflateSettings settings) : OutgoingCompression(pools, settings)
    {
        public override CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal) =>
            throw new InsufficientMemoryException("There is no memory for zlib.");
    }

    /// <summary>Memory that can be looked at so many times before it is gone.</summary>
    private sealed class BrittleMemory(int usable, int length = 10) : MemoryManager<byte>
    {
        private int _left = usable;

        public override Memory<byte> Memory => CreateMemory(length);

        public override Span<byte> GetSpan() => _left-- > 0 ? new byte[length] : throw new ObjectDisposedException(nameof(BrittleMemory));

        public override MemoryHandle Pin(int elementIndex = 0) => throw new NotSupportedException();

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
