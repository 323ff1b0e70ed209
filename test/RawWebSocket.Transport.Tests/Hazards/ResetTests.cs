using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using RawWebSocket.Transport.Connections;

namespace RawWebSocket.Transport.Tests.Hazards;

public sealed class ResetTests
{
    [Theory]
    [AllTransports]
    public async Task A_reset_with_unread_input_is_an_exception_for_the_reader(TransportKind kind)
    {
        var (mayRead, closed) = (Waiting.NewSignal(), Waiting.NewSignal());
        var thrown = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var result = await connection.Transport.Input.ReadAsync();
            connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            mayRead.SetResult();
            await connection.ConnectionClosed.CancelledAsync();
            closed.SetResult();
            thrown.SetResult(await Should.ThrowAsync<Exception>(async () => await connection.Transport.Input.ReadAsync()));
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("unread");
        await mayRead.Task.Within();
        client.Reset();

        await closed.Task.Within();
        (await thrown.Task.Within()).ShouldBeOfType<ConnectionResetException>();
    }

    [Theory]
    [AllTransports]
    public async Task A_reset_while_the_reader_waits_is_an_exception_for_it(TransportKind kind)
    {
        var begun = Waiting.NewSignal();
        var thrown = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var read = connection.Transport.Input.ReadAsync();
            begun.SetResult();
            thrown.SetResult(await Should.ThrowAsync<Exception>(async () => await read));
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await begun.Task.Within();
        client.Reset();

        (await thrown.Task.Within()).ShouldBeOfType<ConnectionResetException>();
    }

    [Theory]
    [OurTransport]
    public async Task What_came_before_a_reset_is_read_first_even_by_one_who_is_behind(TransportKind kind)
    {
        const int Count = 40_000;
        var (mayReset, closed) = (Waiting.NewSignal(), Waiting.NewSignal());
        var read = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(
            kind,
            async connection =>
            {
                mayReset.SetResult();
                await connection.ConnectionClosed.CancelledAsync();
                (await connection.Transport.Output.WriteAsync(new byte[10])).IsCompleted.ShouldBeTrue();
                read.SetResult(await CountUntilResetAsync(connection.Transport.Input));
                await ClosedAsync(connection);
                closed.SetResult();
            },
            sockets: options => options.MaxReadBufferSize = 4096);
        using var client = await RawClient.ConnectAsync(server.Port);
        await mayReset.Task.Within();

        await client.SendAsync(new byte[Count]);
        client.Reset();

        (await read.Task.Within()).ShouldBe(Count);
        await closed.Task.Within();
    }

    [Theory]
    [OurTransport]
    public async Task A_reset_is_an_exception_too_when_a_send_has_met_it_first(TransportKind kind)
    {
        var (mayRead, isReset) = (Waiting.NewSignal(), Waiting.NewSignal());
        var read = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(
            kind,
            async connection =>
            {
                await connection.Transport.Input.ReadAtLeastAsync(1);
                mayRead.SetResult();
                while (!(await connection.Transport.Output.WriteAsync(new byte[10])).IsCompleted)
                {
                    await Task.Yield();
                }

                isReset.SetResult();
                connection.Transport.Input.AdvanceTo(default, default);
                read.SetResult(await CountUntilResetAsync(connection.Transport.Input));
            },
            sockets: options => options.MaxReadBufferSize = 4096);
        using var client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync(new byte[20_000]);
        await mayRead.Task.Within();
        client.Reset();

        await isReset.Task.Within();
        (await read.Task.Within()).ShouldBe(20_000);
    }

    [Theory]
    [OurTransport]
    public async Task A_lost_connection_that_nobody_reads_is_closed(TransportKind kind)
    {
        var (mayReset, closed) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartRawAsync(
            kind,
            async connection =>
            {
                mayReset.SetResult();
                await connection.ConnectionClosed.CancelledAsync();
                await connection.Transport.Input.CompleteAsync();
                await ClosedAsync(connection);
                closed.SetResult();
            },
            sockets: options => options.MaxReadBufferSize = 4096);
        using var client = await RawClient.ConnectAsync(server.Port);
        await mayReset.Task.Within();
        await client.SendAsync(new byte[40_000]);
        client.Reset();

        await closed.Task.Within();
    }

    [Theory]
    [OurTransport]
    public async Task A_reset_reaches_a_connection_that_is_not_read_because_it_has_enough(TransportKind kind)
    {
        var closed = Waiting.NewSignal();
        await using var server = await Server.StartRawAsync(
            kind,
            async connection =>
            {
                await connection.ConnectionClosed.CancelledAsync();
                closed.SetResult();
            },
            sockets: options => options.MaxReadBufferSize = 4096);
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync(new byte[100_000]);
        client.Reset();

        await closed.Task.Within();
    }

    [Theory]
    [AllTransports]
    public async Task A_flush_that_waits_ends_when_the_peer_resets(TransportKind kind)
    {
        var begun = Waiting.NewSignal();
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var flush = connection.Transport.Output.WriteAsync(new byte[30_000_000]);
            flush.IsCompleted.ShouldBeFalse();
            begun.SetResult();
            ended.SetResult((await flush).IsCompleted);
            (await connection.Transport.Output.WriteAsync(new byte[10])).IsCompleted.ShouldBeTrue();
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await begun.Task.Within();
        client.Reset();

        (await ended.Task.Within()).ShouldBeTrue();
    }

    [Theory]
    [OurTransport]
    public async Task An_abort_resets_the_peer_and_ends_reads_and_flushes_with_its_reason(TransportKind kind)
    {
        var (begun, mayAbort) = (Waiting.NewSignal(), Waiting.NewSignal());
        var thrown = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var read = connection.Transport.Input.ReadAsync();
            begun.SetResult();
            await mayAbort.Task.Within();
            connection.Abort(new ConnectionAbortedException("for a test"));
            try
            {
                await read;
            }
            catch (ConnectionAbortedException exception)
            {
                thrown.SetResult(exception);
            }

            (await connection.Transport.Output.WriteAsync(new byte[10])).IsCompleted.ShouldBeTrue();
            await connection.ConnectionClosed.CancelledAsync();
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await begun.Task.Within();
        mayAbort.SetResult();

        await client.ShouldBeResetAsync();
        (await thrown.Task.Within()).ShouldBeOfType<ConnectionAbortedException>().Message.ShouldBe("for a test");
        server.Log.Entries.ShouldContain(entry => entry.IsOurs && entry.Message.Contains("for a test"));
    }

    [Theory]
    [OurTransport]
    public async Task An_output_that_is_completed_with_an_exception_resets_the_peer(TransportKind kind)
    {
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            await connection.Transport.Input.ReadAsync();
            await connection.Transport.Output.CompleteAsync(new InvalidOperationException("no answer"));
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await client.SendAsync("go");

        await client.ShouldBeResetAsync();
    }

    [Theory]
    [OurTransport]
    public async Task A_callback_of_the_connections_end_may_throw(TransportKind kind)
    {
        var begun = Waiting.NewSignal();
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            connection.ConnectionClosed.Register(() => throw new InvalidOperationException("thrown"));
            begun.SetResult();
            await connection.ConnectionClosed.CancelledAsync();
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await begun.Task.Within();
        client.Finish();

        (await client.ReadToEndAsync()).ShouldBeEmpty();
        await Waiting.UntilAsync(() => server.Log.Count(7) == 1, "the exception was not logged");
    }

    private static async Task<long> CountUntilResetAsync(PipeReader input)
    {
        var count = 0L;
        await Should.ThrowAsync<ConnectionResetException>(async () =>
        {
            while (true)
            {
                var result = await input.ReadAsync();
                result.IsCompleted.ShouldBeFalse();
                count += result.Buffer.Length;
                input.AdvanceTo(result.Buffer.End);
            }
        });
        return count;
    }

    // Nobody can ask a descriptor any more that is closed.
    private static Task ClosedAsync(ConnectionContext connection) =>
        Waiting.UntilAsync(() => ((EpollConnection)connection).UntakenBytes is null, "the connection is left open");
}
