using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Transport.Tests.Hazards;

/// <summary>What applications do to the threads of the loops.</summary>
public sealed class LoopThreadTests
{
    [Fact]
    public async Task A_handler_that_blocks_does_not_stall_other_connections()
    {
        using var mayEnd = new ManualResetEventSlim();
        var blocked = Waiting.NewSignal();
        await using var server = await Server.StartAsync(
            TransportKind.Epoll,
            context =>
            {
                if (context.Request.Path == "/block")
                {
                    blocked.SetResult();
                    mayEnd.Wait(Waiting.Limit).ShouldBeTrue();
                }

                return context.Response.WriteAsync("done");
            },
            transport: options => options.EventLoops = 1);
        using var client = new HttpClient { BaseAddress = server.Address };

        var first = client.GetStringAsync(new Uri("/block", UriKind.Relative));
        await blocked.Task.Within();
        for (var i = 0; i < 20; i++)
        {
            (await client.GetStringAsync(new Uri("/", UriKind.Relative)).Within()).ShouldBe("done");
        }

        first.IsCompleted.ShouldBeFalse();
        mayEnd.Set();
        (await first.Within()).ShouldBe("done");
    }

    [Fact]
    public async Task Code_that_blocks_a_loop_holds_up_its_own_connection_only_which_loses_nothing()
    {
        using var mayEnd = new ManualResetEventSlim();
        using var read = new SemaphoreSlim(0);
        await using var server = await StartEchoAsync(
            text =>
            {
                if (text.StartsWith("block", StringComparison.Ordinal))
                {
                    mayEnd.Wait(Waiting.Limit).ShouldBeTrue();
                }
            },
            _ => read.Release());
        using var first = await RawClient.ConnectAsync(server.Port);
        using var second = await RawClient.ConnectAsync(server.Port);
        using var other = await RawClient.ConnectAsync(server.Port);
        for (var i = 0; i < 3; i++)
        {
            (await read.WaitAsync(Waiting.Limit)).ShouldBeTrue();
        }

        await first.SendAsync("block");
        await second.SendAsync("block");
        for (var i = 0; i < 20; i++)
        {
            await other.SendAsync("hello");
            (await other.ReadAsync(5)).ShouldBe("hello");
            await first.SendAsync("more,");
        }

        first.Finish();
        first.Socket.Available.ShouldBe(0);
        mayEnd.Set();

        (await first.ReadToEndAsync()).ShouldBe("block" + string.Concat(Enumerable.Repeat("more,", 20)));
        (await second.ReadAsync(5)).ShouldBe("block");
        await second.SendAsync("again");
        (await second.ReadAsync(5)).ShouldBe("again");
        server.Log.Entries.Count(entry => entry.IsOurs && entry.EventId == 11).ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_is_aborted_while_its_code_blocks_the_loop_is_closed_afterwards()
    {
        using var mayEnd = new ManualResetEventSlim();
        var reading = new TaskCompletionSource<ConnectionContext>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartEchoAsync(_ => mayEnd.Wait(Waiting.Limit).ShouldBeTrue(), reading.SetResult);
        using var client = await RawClient.ConnectAsync(server.Port);
        var blocked = await reading.Task.Within();
        await client.SendAsync("block");
        await Waiting.UntilAsync(
            () => server.Log.Entries.Any(entry => entry.IsOurs && entry.EventId == 11), "the loop is not taken from its thread");

        blocked.Abort();
        await client.ShouldBeResetAsync();
        mayEnd.Set();

        await blocked.ConnectionClosed.CancelledAsync();
    }

    [Theory]
    [OurTransport]
    public async Task A_handler_may_wait_for_its_own_connection_in_the_pool(TransportKind kind)
    {
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            await Task.Yield();
            var read = connection.Transport.Input.ReadAsync().AsTask();
            read.Wait(Waiting.Limit).ShouldBeTrue();
            await connection.Transport.Output.WriteAsync("waited"u8.ToArray());
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("go");

        (await client.ReadAsync(6)).ShouldBe("waited");
    }

    [Fact]
    [SuppressMessage("Reliability", "CA2012", Justification = "The awaiter of an asynchronous method would catch what is to be thrown.")]
    public async Task An_exception_in_what_waited_on_the_loop_ends_its_own_connection_only()
    {
        var begun = Waiting.NewSignal();
        var isFirst = true;
        await using var server = await Server.StartRawAsync(
            TransportKind.EpollInline,
            async connection =>
            {
                if (isFirst)
                {
                    isFirst = false;
                    var read = connection.Transport.Input.ReadAsync().GetAwaiter();
                    read.UnsafeOnCompleted(() => throw new InvalidOperationException("thrown"));
                    begun.SetResult();
                    await connection.ConnectionClosed.CancelledAsync();
                    return;
                }

                var result = await connection.Transport.Input.ReadAsync();
                await connection.Transport.Output.WriteAsync(result.Buffer.First);
            },
            options => options.EventLoops = 1);
        using var first = await RawClient.ConnectAsync(server.Port);
        await begun.Task.Within();
        using var second = await RawClient.ConnectAsync(server.Port);

        await first.SendAsync("wrong");
        await first.ShouldBeResetAsync();
        await second.SendAsync("right");

        (await second.ReadAsync(5)).ShouldBe("right");
        server.Log.Entries.Single(entry => entry.IsOurs && entry.EventId == 1).Exception!.Message.ShouldBe("thrown");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_waits_runs_on_the_loop_only_if_that_was_asked_for(bool isInline)
    {
        var begun = Waiting.NewSignal();
        var name = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(isInline ? TransportKind.EpollInline : TransportKind.Epoll, async connection =>
        {
            var read = connection.Transport.Input.ReadAsync();
            begun.SetResult();
            await read;
            name.SetResult(Thread.CurrentThread.Name);
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await begun.Task.Within();
        await client.SendAsync("go");

        var thread = await name.Task.Within();
        (thread?.StartsWith("epoll loop", StringComparison.Ordinal) ?? false).ShouldBe(isInline);
    }

    [Theory]
    [OurTransport]
    public async Task Loops_end_with_their_host(TransportKind kind)
    {
        const string Mine = "epoll loop 63";
        await using (await Server.StartAsync(kind, _ => Task.CompletedTask, transport: options => options.EventLoops = 64))
        {
            Threads(Mine).ShouldBeGreaterThan(0);
        }

        await Waiting.UntilAsync(() => Threads(Mine) == 0, "the loops run on");
    }

    // On one loop, inline. What comes after a connection has been told of is dealt with on the loop's thread.
    private static Task<Server> StartEchoAsync(Action<string> onText, Action<ConnectionContext> onReading) =>
        Server.StartRawAsync(
            TransportKind.EpollInline,
            async connection =>
            {
                var reading = connection.Transport.Input.ReadAsync();
                onReading(connection);
                while (await reading is { Buffer: { IsEmpty: false } bytes })
                {
                    onText(Encoding.ASCII.GetString(bytes));
                    await connection.Transport.Output.WriteAsync(bytes.ToArray());
                    connection.Transport.Input.AdvanceTo(bytes.End);
                    reading = connection.Transport.Input.ReadAsync();
                }
            },
            options => options.EventLoops = 1);

    private static int Threads(string name) => Directory.EnumerateDirectories("/proc/self/task").Count(thread =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd() == name;
        }
        catch (IOException)
        {
            // The thread has ended since it was listed.
            return false;
        }
    });
}
