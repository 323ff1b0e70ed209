using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RawWebSocket.Transport.Input;

namespace RawWebSocket.Transport.Tests.Pipes;

/// <summary>What ours does beyond the contract.</summary>
public sealed class InputTests
{
    [Theory]
    [InlineData(PipeKind.Ours)]
    [InlineData(PipeKind.OursInline)]
    public async Task Receiving_stops_at_the_limit_and_goes_on_below_half_of_it(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Allowance.ShouldBe(PipeUnderTest.Limit);
        pipe.Bring(new byte[60]);
        pipe.Allowance.ShouldBe(40);
        pipe.Bring(new byte[40]);
        pipe.Allowance.ShouldBe(0);

        var result = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(result.Buffer.GetPosition(50));
        (pipe.Resumed, pipe.Allowance).ShouldBe((0, 0));
        result = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(result.Buffer.GetPosition(1));
        (pipe.Resumed, pipe.Allowance).ShouldBe((1, 51));
    }

    [Theory]
    [InlineData(PipeKind.Ours)]
    [InlineData(PipeKind.OursInline)]
    public async Task Who_has_looked_at_everything_and_wants_more_gets_more_than_the_limit(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Bring(new byte[PipeUnderTest.Limit]);
        pipe.Allowance.ShouldBe(0);

        var read = pipe.Reader.ReadAtLeastAsync(3 * PipeUnderTest.Limit);
        for (var i = 0; i < 2; i++)
        {
            pipe.Allowance.ShouldBe((2 - i) * PipeUnderTest.Limit);
            pipe.Bring(new byte[PipeUnderTest.Limit]);
            if (i == 0)
            {
                read.IsCompleted.ShouldBeFalse();
            }
        }

        (await read.Within()).Buffer.Length.ShouldBe(3 * PipeUnderTest.Limit);
    }

    [Theory]
    [InlineData(PipeKind.Ours, 10)]
    [InlineData(PipeKind.Ours, 3000)]
    [InlineData(PipeKind.OursInline, 10)]
    [InlineData(PipeKind.OursInline, 3000)]
    public async Task Bytes_that_are_not_consumed_stay_where_they_are(PipeKind kind, int count)
    {
        var pipe = new PipeUnderTest(kind);
        var read = pipe.Reader.ReadAsync();
        pipe.Bring(new byte[count]);
        var first = (await read.Within()).Buffer;
        var kept = first.Slice(first.Length - 5).First;
        pipe.Reader.AdvanceTo(first.GetPosition(first.Length - 5), first.End);

        pipe.Bring(new byte[count]);

        var second = (await pipe.Reader.ReadAsync()).Buffer.First;
        Unsafe.AreSame(in kept.Span[0], in second.Span[0]).ShouldBeTrue();
    }

    [Fact]
    public async Task A_block_that_a_reader_keeps_is_not_received_into_again()
    {
        var pipe = new PipeUnderTest(PipeKind.OursInline);
        var read = pipe.Reader.ReadAsync();
        pipe.Bring(1, 2, 3);
        var held = (await read.Within()).Buffer;

        pipe.Bring(4, 5, 6);

        held.ToArray().ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task No_more_than_16_blocks_of_a_loop_are_lent()
    {
        var blocks = new ReceiveBlocks(4096);
        var receivers = Enumerable.Range(0, 20).Select(_ => new PipeUnderTest(PipeKind.OursInline)).ToArray();
        var inputs = receivers.Select(receiver => new SocketInput(receiver, MemoryPool<byte>.Shared, 10_000)).ToArray();
        foreach (var input in inputs)
        {
            input.Deliver(blocks, 4096);
        }

        blocks.CanLend.ShouldBeFalse();
        foreach (var input in inputs)
        {
            var result = await input.ReadAsync();
            result.Buffer.Length.ShouldBe(4096);
            input.AdvanceTo(result.Buffer.End);
        }

        blocks.CanLend.ShouldBeTrue();
    }

    [Theory]
    [AllPipes]
    public async Task What_came_before_an_error_is_read_before_it_which_the_frameworks_pipe_drops(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Bring(1, 2, 3);
        pipe.End(new IOException("gone"));

        if (kind != PipeKind.Framework)
        {
            pipe.Reader.TryRead(out var result).ShouldBeTrue();
            (result.Buffer.Length, result.IsCompleted).ShouldBe((3, false));
            pipe.Reader.AdvanceTo(result.Buffer.GetPosition(1), result.Buffer.GetPosition(2));
            result = await pipe.Reader.ReadAsync();
            (result.Buffer.Length, result.IsCompleted).ShouldBe((2, false));
            pipe.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }

        await Should.ThrowAsync<IOException>(() => pipe.Reader.ReadAsync().Within());
        Should.Throw<IOException>(() => pipe.Reader.TryRead(out _));
    }

    [Fact]
    public async Task Who_wants_more_than_came_before_an_error_gets_the_error_and_loses_nothing()
    {
        var pipe = new PipeUnderTest(PipeKind.Ours);
        var read = pipe.Reader.ReadAtLeastAsync(3);
        pipe.Bring(1, 2);
        pipe.End(new IOException("gone"));

        await Should.ThrowAsync<IOException>(() => read.Within());
        (await pipe.Reader.ReadAsync()).Buffer.Length.ShouldBe(2);
    }

    [Fact]
    public async Task An_abort_drops_what_has_not_been_read()
    {
        var pipe = new PipeUnderTest(PipeKind.Ours);
        pipe.Bring(1);
        pipe.Abort(new IOException("aborted"));

        await Should.ThrowAsync<IOException>(() => pipe.Reader.ReadAsync().Within());
        Should.Throw<IOException>(() => pipe.Reader.TryRead(out _));
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("token")]
    [InlineData("abort")]
    [InlineData("error")]
    public async Task Whoever_ends_a_read_does_not_run_the_reader(string how)
    {
        var pipe = new PipeUnderTest(PipeKind.OursInline);
        using var source = new CancellationTokenSource();
        var thread = ThreadNameAfterAsync(pipe.Reader.ReadAsync(source.Token).AsTask());

        Threads.Run("other", () =>
        {
            switch (how)
            {
                case "cancel":
                    pipe.Reader.CancelPendingRead();
                    break;
                case "token":
                    source.Cancel();
                    break;
                case "abort":
                    pipe.Abort(new IOException("aborted"));
                    break;
                default:
                    pipe.End(new IOException("gone"));
                    break;
            }
        });

        (await thread.Within()).ShouldNotBe("other");
    }

    [Fact]
    public async Task A_completed_reader_holds_nothing_and_takes_nothing()
    {
        var pipe = new PipeUnderTest(PipeKind.Ours);
        pipe.Bring(1);
        await pipe.Reader.CompleteAsync();

        pipe.Bring(2);

        (pipe.IsReaderCompleted, pipe.Allowance).ShouldBe((true, 0));
    }

    [Fact]
    public async Task A_second_read_while_one_is_pending_is_refused()
    {
        var pipe = new PipeUnderTest(PipeKind.Ours);
        var read = pipe.Reader.ReadAsync();

        await Should.ThrowAsync<InvalidOperationException>(() => pipe.Reader.ReadAsync().Within());

        pipe.Bring(1);
        (await read.Within()).Buffer.Length.ShouldBe(1);
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter of an asynchronous method would catch what is to be thrown.")]
    [SuppressMessage("Usage", "xUnit1030", Justification = "What is to be thrown would be posted to the context of the test instead.")]
    public void A_reader_that_throws_keeps_its_block_all_the_same()
    {
        var pipe = new PipeUnderTest(PipeKind.OursInline);
        var awaiter = pipe.Reader.ReadAsync().ConfigureAwait(false).GetAwaiter();
        var held = ReadOnlySequence<byte>.Empty;
        awaiter.UnsafeOnCompleted(() =>
        {
            held = awaiter.GetResult().Buffer;
            throw new InvalidOperationException("thrown");
        });
        Should.Throw<InvalidOperationException>(() => pipe.Bring(1, 2, 3));

        pipe.Bring(4, 5, 6);

        held.ToArray().ShouldBe([1, 2, 3]);
    }

    private static async Task<string?> ThreadNameAfterAsync(Task read)
    {
        await read.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return Thread.CurrentThread.Name;
    }
}
