using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using RawWebSocket.Connections.Direct;
using RawWebSocket.Tests.Connections.Transports;

namespace RawWebSocket.Tests.Connections.Direct;

public sealed class DirectWriterTests : IDisposable
{
    // More than the sockets take, and less than is gathered.
    private const int Long = 200 * 1024;
    private const int Steps = 3000;

    private readonly SocketPair _sockets = new();
    private readonly Pipe _pipe = new(new PipeOptions(pauseWriterThreshold: 64 * 1024, useSynchronizationContext: false));
    private readonly DirectWriter _output;

    public DirectWriterTests() => _output = new DirectWriter(_pipe.Writer, _sockets.Near.SafeHandle);

    public void Dispose() => _sockets.Dispose();

    [LinuxFact]
    public async Task What_is_flushed_leaves_through_the_socket()
    {
        Write(1, 2, 3);
        _sockets.Far.Available.ShouldBe(0);
        (await _output.FlushAsync()).IsCompleted.ShouldBeFalse();

        _sockets.Receive(3).ShouldBe([1, 2, 3]);
        Piped().ShouldBeEmpty();
    }

    [LinuxFact]
    public async Task Nothing_passes_what_is_still_in_the_pipe()
    {
        await _pipe.Writer.WriteAsync("HTTP/1.1 101"u8.ToArray());
        Write(1);
        await _output.FlushAsync();
        Write(2);
        await _output.FlushAsync();
        _sockets.Far.Available.ShouldBe(0);
        Piped().ShouldBe([.. "HTTP/1.1 101"u8, 1, 2]);

        Write(3);
        await _output.FlushAsync();
        _sockets.Receive(1).ShouldBe([3]);
    }

    [LinuxFact]
    public async Task What_the_socket_does_not_take_goes_into_the_pipe_and_all_that_follows_behind_it()
    {
        var bytes = new byte[Long];
        new Random(1).NextBytes(bytes);
        _output.Write(bytes);
        var flush = _output.FlushAsync();
        flush.IsCompleted.ShouldBeFalse("More lies in the pipe than it holds without a wait.");
        Write(1, 2, 3);
        Piped(out var piped);
        await flush;
        await _output.FlushAsync();
        Piped().ShouldBe([1, 2, 3]);

        piped.Length.ShouldBeInRange(1, Long - 1);
        _sockets.Receive(Long - piped.Length).ShouldBe(bytes[..^piped.Length]);
        piped.ShouldBe(bytes[^piped.Length..]);
    }

    [LinuxFact]
    public async Task A_socket_that_was_disposed_leaves_all_to_the_pipe()
    {
        _sockets.Near.Dispose();
        Write(1, 2, 3);
        await _output.FlushAsync();

        Piped().ShouldBe([1, 2, 3]);
    }

    [LinuxFact]
    public async Task A_peer_that_has_gone_is_the_pipes_to_find_out()
    {
        _sockets.Far.LingerState = new(enable: true, seconds: 0);
        _sockets.Far.Dispose();
        Write(1, 2, 3);
        await _output.FlushAsync();

        Piped().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task More_than_is_gathered_goes_into_the_pipe()
    {
        var bytes = new byte[Long];
        new Random(1).NextBytes(bytes);
        _output.Write(bytes);
        _output.Write(bytes);
        var flush = _output.FlushAsync();
        Piped().ShouldBe([.. bytes, .. bytes]);
        await flush;
        _sockets.Far.Available.ShouldBe(0);
    }

    [Fact]
    public async Task What_a_pipe_refuses_is_not_sent_twice()
    {
        _output.Write(new byte[Long]);
        _pipe.Writer.Complete();
        Should.Throw<InvalidOperationException>(() => _output.Write(new byte[Long]));
        await _output.FlushAsync();
        _sockets.Far.Available.ShouldBe(0);
    }

    // As Kestrel does it: what is in the pipe is sent, and then passed. Whatever the order of steps, the peer gets all in order.
    [LinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task In_any_order_of_steps_the_peer_gets_all_that_was_written(int seed)
    {
        var random = new Random(seed);
        var written = new List<byte>();
        var received = new List<byte>();
        var flush = Task.CompletedTask;
        var piped = 0L;
        for (var step = 0; step < Steps || received.Count < written.Count; step++)
        {
            step.ShouldBeLessThan(1000 * Steps, "Something does not come.");
            switch (random.Next(5))
            {
                case 0 when flush.IsCompleted && step < Steps:
                    written.AddRange(WriteSome(random));
                    break;
                case 1 when flush.IsCompleted:
                    flush = _output.FlushAsync().AsTask();
                    break;
                case 2:
                    piped += SendSomeOfThePipe(random);
                    break;
                case 3 when _sockets.Far.Available is > 0 and var available:
                    received.AddRange(_sockets.Receive(random.Next(4) == 0 ? random.Next(1, available + 1) : available));
                    break;
            }
        }

        await flush;
        received.SequenceEqual(written).ShouldBeTrue();
        piped.ShouldBeInRange(1, written.Count - 1, "Both ways were used.");
    }

    [LinuxTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task With_the_pipes_reader_on_a_thread_of_its_own_the_peer_gets_all_in_order(int seed)
    {
        var sending = Task.Run(SendThePipeAsync);
        var receiving = Task.Run(ReceiveAll);
        var random = new Random(seed);
        var written = new List<byte>();
        for (var step = 0; step < Steps / 10; step++)
        {
            written.AddRange(WriteSome(random));
            await _output.FlushAsync();
        }

        await _pipe.Writer.CompleteAsync();
        await sending;
        _sockets.Near.Shutdown(SocketShutdown.Send);
        (await receiving).SequenceEqual(written).ShouldBeTrue();
    }

    // As Kestrel's, whose sends are asynchronous ones.
    private async Task SendThePipeAsync()
    {
        ReadResult read;
        do
        {
            read = await _pipe.Reader.ReadAsync();
            foreach (var part in read.Buffer)
            {
                await _sockets.Near.SendAsync(part, SocketFlags.None);
            }

            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private List<byte> ReceiveAll()
    {
        var all = new List<byte>();
        var bytes = new byte[64 * 1024];
        while (_sockets.Far.Receive(bytes) is > 0 and var count)
        {
            all.AddRange(bytes.AsSpan(0, count));
        }

        return all;
    }

    private byte[] WriteSome(Random random)
    {
        var bytes = new byte[random.Next(40) == 0 ? random.Next(60_000) : random.Next(200)];
        random.NextBytes(bytes);
        var inPlace = Math.Min(bytes.Length, random.Next(15));
        bytes.AsSpan(0, inPlace).CopyTo(_output.GetSpan(inPlace));
        _output.Advance(inPlace);
        _output.Write(bytes.AsSpan(inPlace));
        return bytes;
    }

    private int SendSomeOfThePipe(Random random)
    {
        if (!_pipe.Reader.TryRead(out var read))
        {
            return 0;
        }

        var length = random.Next(4) == 0 ? random.NextInt64(read.Buffer.Length + 1) : read.Buffer.Length;
        var some = read.Buffer.Slice(0, length).ToArray();
        var sent = _sockets.Near.Send(some, SocketFlags.None, out _);
        _pipe.Reader.AdvanceTo(read.Buffer.GetPosition(sent));
        return sent;
    }

    private void Write(params byte[] bytes) => _output.Write(bytes);

    private byte[] Piped()
    {
        Piped(out var bytes);
        return bytes;
    }

    private void Piped(out byte[] bytes)
    {
        bytes = [];
        if (_pipe.Reader.TryRead(out var read))
        {
            bytes = read.Buffer.ToArray();
            _pipe.Reader.AdvanceTo(read.Buffer.End);
        }
    }
}
