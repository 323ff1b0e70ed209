using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Transport.Tests.Hazards;

public sealed class SlowReaderTests
{
    private const int TooMuch = 30_000_000;

    [Theory]
    [OurTransport]
    public async Task A_flush_waits_until_less_than_half_of_the_limit_waits(TransportKind kind)
    {
        var (begun, ended) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var flush = connection.Transport.Output.WriteAsync(Pattern(TooMuch));
            begun.SetResult();
            var result = await flush;
            (result.IsCanceled || result.IsCompleted).ShouldBeFalse();
            ended.SetResult();
            await connection.Transport.Input.ReadAsync();
        });
        using var client = await SlowAsync(server);

        await begun.Task.Within();
        ended.Task.IsCompleted.ShouldBeFalse();
        var bytes = await ReadAllAsync(client, TooMuch);

        await ended.Task.Within();
        bytes.AsSpan().SequenceEqual(Pattern(TooMuch)).ShouldBeTrue();
    }

    [Theory]
    [OurTransport]
    public async Task Small_writes_behind_what_waits_keep_their_order(TransportKind kind)
    {
        const int Small = 1000;
        const int Writes = 20_000;
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var all = Pattern(Small * Writes);
            for (var i = 0; i < Writes; i++)
            {
                await connection.Transport.Output.WriteAsync(all.AsMemory(i * Small, Small));
            }
        });
        using var client = await SlowAsync(server);

        var bytes = await ReadAllAsync(client, Small * Writes);

        bytes.AsSpan().SequenceEqual(Pattern(Small * Writes)).ShouldBeTrue();
    }

    [Theory]
    [OurTransport]
    public async Task A_pending_flush_can_be_cancelled_and_nothing_is_lost(TransportKind kind)
    {
        var cancelled = Waiting.NewSignal();
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var output = connection.Transport.Output;
            var flush = output.WriteAsync(Pattern(TooMuch / 2));
            output.CancelPendingFlush();
            (await flush).IsCanceled.ShouldBeTrue();
            using var source = new CancellationTokenSource();
            var rest = output.WriteAsync(Pattern(TooMuch).AsMemory(TooMuch / 2), source.Token);
            await source.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(async () => await rest);
            cancelled.SetResult();
        });
        using var client = await SlowAsync(server);
        await cancelled.Task.Within();

        var bytes = await ReadAllAsync(client, TooMuch);

        bytes.AsSpan().SequenceEqual(Pattern(TooMuch)).ShouldBeTrue();
        (await client.ReadToEndAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cancel")]
    [InlineData("token")]
    [InlineData("abort")]
    public async Task Whoever_ends_a_flush_does_not_run_the_writer(string how)
    {
        var thread = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var begun = new TaskCompletionSource<ConnectionContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var source = new CancellationTokenSource();
        await using var server = await Server.StartRawAsync(TransportKind.EpollInline, async connection =>
        {
            Task flush = connection.Transport.Output.WriteAsync(new byte[TooMuch], source.Token).AsTask();
            begun.SetResult(connection);
            await flush.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            thread.SetResult(Thread.CurrentThread.Name);
            connection.Abort();
        });
        using var client = await SlowAsync(server);
        var connection = await begun.Task.Within();

        Threads.Run("other", how switch
        {
            "cancel" => connection.Transport.Output.CancelPendingFlush,
            "token" => source.Cancel,
            _ => connection.Abort,
        });

        (await thread.Task.Within()).ShouldNotBe("other");
    }

    [Theory]
    [OurTransport]
    public async Task The_contract_of_a_writer_is_kept(TransportKind kind)
    {
        var checkedAll = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            try
            {
                await CheckAsync(connection.Transport.Output);
                checkedAll.SetResult();
            }
            catch (Exception exception)
            {
                checkedAll.SetException(exception);
            }
        });
        using var client = await SlowAsync(server);

        await checkedAll.Task.Within();
    }

    private static async Task CheckAsync(PipeWriter output)
    {
        output.CanGetUnflushedBytes.ShouldBeTrue();
        output.UnflushedBytes.ShouldBe(0);
        Should.Throw<ArgumentOutOfRangeException>(() => output.GetMemory(-1));
        Should.Throw<ArgumentOutOfRangeException>(() => output.Advance(1));
        output.GetMemory(100_000).Length.ShouldBeGreaterThanOrEqualTo(100_000);
        output.Advance(10);
        output.GetSpan(5000).Length.ShouldBeGreaterThanOrEqualTo(5000);
        output.Advance(0);
        output.UnflushedBytes.ShouldBe(10);
        Should.Throw<ArgumentOutOfRangeException>(() => output.Advance(int.MaxValue));
        output.CancelPendingFlush();
        (await output.FlushAsync()).IsCanceled.ShouldBeTrue();
        output.UnflushedBytes.ShouldBe(0);
        (await output.FlushAsync()).IsCanceled.ShouldBeFalse();
        await Should.ThrowAsync<OperationCanceledException>(async () => await output.FlushAsync(new CancellationToken(canceled: true)));

        var flush = output.WriteAsync(new byte[TooMuch]);
        Should.Throw<InvalidOperationException>(() => output.FlushAsync().AsTask());
        output.CancelPendingFlush();
        await flush;
        await output.CompleteAsync();
        await output.CompleteAsync();
        Should.Throw<InvalidOperationException>(() => output.GetMemory());
        Should.Throw<InvalidOperationException>(() => output.WriteAsync(new byte[1]).AsTask());
    }

    private static async Task<RawClient> SlowAsync(Server server) =>
        await RawClient.ConnectAsync(server.Port, socket => socket.ReceiveBufferSize = 4096);

    private static async Task<byte[]> ReadAllAsync(RawClient client, int count)
    {
        var bytes = new byte[count];
        for (var have = 0; have < count;)
        {
            var more = await client.Socket.ReceiveAsync(bytes.AsMemory(have)).Within();
            more.ShouldBeGreaterThan(0);
            have += more;
        }

        return bytes;
    }

    private static byte[] Pattern(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
        {
            bytes[i] = (byte)(i ^ (i >> 8) ^ (i >> 16));
        }

        return bytes;
    }
}
