using System.Diagnostics.CodeAnalysis;

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
