using System.Buffers;

namespace RawWebSocket.Transport.Tests.Pipes;

/// <summary>What the framework's pipe does, ours does too.</summary>
public sealed class ReaderContractTests
{
    [Theory]
    [AllPipes]
    public async Task What_is_not_consumed_is_read_again_with_what_comes_behind_it(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Bring(1, 2, 3);
        var first = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(first.Buffer.GetPosition(1), first.Buffer.End);
        var next = pipe.Reader.ReadAsync();
        next.IsCompleted.ShouldBeFalse("everything has been looked at");

        pipe.Bring(4);

        (await next.Within()).Buffer.ToArray().ShouldBe([2, 3, 4]);
    }

    [Theory]
    [AllPipes]
    public async Task What_was_not_looked_at_is_read_at_once(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Bring(1, 2, 3);
        var first = await pipe.Reader.ReadAsync();
        pipe.Reader.AdvanceTo(first.Buffer.Start, first.Buffer.GetPosition(2));

        var next = pipe.Reader.ReadAsync();

        next.IsCompleted.ShouldBeTrue();
        (await next).Buffer.Length.ShouldBe(3);
    }

    [Theory]
    [AllPipes]
    public async Task A_read_that_wants_more_waits_for_it_or_for_the_end(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Bring(1, 2);
        var read = pipe.Reader.ReadAtLeastAsync(4);
        read.IsCompleted.ShouldBeFalse();
        pipe.Bring(3);
        read.IsCompleted.ShouldBeFalse();
        pipe.Bring(4, 5);
        var result = await read.Within();
        result.Buffer.ToArray().ShouldBe([1, 2, 3, 4, 5]);
        pipe.Reader.AdvanceTo(result.Buffer.GetPosition(4));

        var last = pipe.Reader.ReadAtLeastAsync(4);
        last.IsCompleted.ShouldBeFalse();
        pipe.End();

        result = await last.Within();
        result.IsCompleted.ShouldBeTrue();
        result.Buffer.ToArray().ShouldBe([5]);
    }

    [Theory]
    [AllPipes]
    public async Task A_cancelled_read_comes_back_and_the_next_one_works(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        var read = pipe.Reader.ReadAsync();
        pipe.Reader.CancelPendingRead();
        (await read.Within()).IsCanceled.ShouldBeTrue();

        pipe.Reader.CancelPendingRead();
        (await pipe.Reader.ReadAsync()).IsCanceled.ShouldBeTrue("a cancellation that came before the read counts for it");
        pipe.Reader.CancelPendingRead();
        pipe.Reader.TryRead(out var result).ShouldBeTrue();
        result.IsCanceled.ShouldBeTrue();

        pipe.Bring(1);
        (await pipe.Reader.ReadAsync()).Buffer.Length.ShouldBe(1);
    }

    [Theory]
    [AllPipes]
    public async Task A_token_gives_up_a_read_and_loses_nothing(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        using var source = new CancellationTokenSource();
        var read = pipe.Reader.ReadAsync(source.Token);
        await source.CancelAsync();
        (await Should.ThrowAsync<OperationCanceledException>(() => read.Within())).CancellationToken.ShouldBe(source.Token);
        await Should.ThrowAsync<OperationCanceledException>(async () => await pipe.Reader.ReadAsync(source.Token));

        var next = pipe.Reader.ReadAsync();
        pipe.Bring(1);
        (await next.Within()).Buffer.Length.ShouldBe(1);
    }

    [Theory]
    [AllPipes]
    public async Task The_end_comes_with_what_is_left_and_then_again(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        pipe.Bring(1);
        pipe.End();

        var result = await pipe.Reader.ReadAsync();
        (result.IsCompleted, result.Buffer.Length).ShouldBe((true, 1));
        pipe.Reader.AdvanceTo(result.Buffer.End);
        result = await pipe.Reader.ReadAsync();
        (result.IsCompleted, result.Buffer.Length).ShouldBe((true, 0));
        pipe.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        pipe.Reader.TryRead(out result).ShouldBeTrue();
        result.IsCompleted.ShouldBeTrue();
    }

    [Theory]
    [AllPipes]
    public async Task An_exception_is_thrown_to_every_read(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        var read = pipe.Reader.ReadAsync();
        pipe.End(new IOException("gone"));

        (await Should.ThrowAsync<IOException>(() => read.Within())).Message.ShouldBe("gone");
        (await Should.ThrowAsync<IOException>(() => pipe.Reader.ReadAsync().Within())).Message.ShouldBe("gone");
        Should.Throw<IOException>(() => pipe.Reader.TryRead(out _)).Message.ShouldBe("gone");
    }

    [Theory]
    [AllPipes]
    public async Task Whoever_breaks_the_contract_is_told(PipeKind kind)
    {
        var pipe = new PipeUnderTest(kind);
        Should.Throw<InvalidOperationException>(() => pipe.Reader.AdvanceTo(default));
        pipe.Reader.TryRead(out _).ShouldBeFalse();
        pipe.Bring(1, 2, 3);
        var result = await pipe.Reader.ReadAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => pipe.Reader.ReadAsync().Within());
        Should.Throw<InvalidOperationException>(() => pipe.Reader.AdvanceTo(result.Buffer.End, result.Buffer.Start));
        pipe.Reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        Should.Throw<InvalidOperationException>(() => pipe.Reader.AdvanceTo(result.Buffer.End));

        var pending = pipe.Reader.ReadAsync();
        Should.Throw<InvalidOperationException>(() => pipe.Reader.TryRead(out _));
        pipe.Bring(4);
        result = await pending.Within();
        pipe.Reader.AdvanceTo(result.Buffer.End);

        await pipe.Reader.CompleteAsync();
        await pipe.Reader.CompleteAsync();
        await Should.ThrowAsync<InvalidOperationException>(() => pipe.Reader.ReadAsync().Within());
        Should.Throw<InvalidOperationException>(() => pipe.Reader.TryRead(out _));
        pipe.Bring(5);
    }

    [Theory]
    [AllPipes]
    public async Task Any_cut_of_the_bytes_and_any_advance_read_the_same(PipeKind kind)
    {
        var random = new Random(7);
        var pipe = new PipeUnderTest(kind);
        var (sent, read) = (0, 0);
        while (read < 20_000)
        {
            var waiting = random.Next(2) == 0 ? pipe.Reader.ReadAsync().AsTask() : null;
            var bytes = Enumerable.Range(sent, random.Next(1, 60)).Select(value => (byte)(value * 7)).ToArray();
            pipe.Bring(bytes);
            sent += bytes.Length;
            var buffer = (await (waiting ?? pipe.Reader.ReadAsync().AsTask()).Within()).Buffer;
            buffer.ToArray().ShouldBe(Enumerable.Range(read, (int)buffer.Length).Select(value => (byte)(value * 7)));
            var consumed = random.Next(2) == 0 ? buffer.Length : random.NextInt64(buffer.Length + 1);
            pipe.Reader.AdvanceTo(buffer.GetPosition(consumed), buffer.End);
            read += (int)consumed;
        }
    }
}
