using Microsoft.AspNetCore.Connections;

namespace RawWebSocket.Testing.Tests;

/// <summary>How a connection ends: in memory as over Kestrel.</summary>
public class LifetimeTests
{
    [Theory, OnEveryServer]
    public async Task A_dropped_client_is_a_read_of_0_and_an_aborted_request(ServerKind kind)
    {
        var seen = new TaskCompletionSource<string>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            var read = await peer.Stream.ReadAsync(new byte[1]);
            await Cancelled(context.RequestAborted);
            seen.SetResult($"read {read}");
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.DropAsync();
        (await seen.Task.WaitAsync(socket.Timeout)).ShouldBe("read 0");
    }

    [Theory, OnEveryServer]
    public async Task Bytes_sent_before_the_drop_are_read_first(ServerKind kind)
    {
        var seen = new TaskCompletionSource<string>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await Cancelled(context.RequestAborted);
            seen.SetResult($"{(await peer.ReadAsync())?.Payload.Length} {await peer.ReadAsync() is null}");
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendBinaryAsync([1, 2, 3]);
        await socket.DropAsync();
        (await seen.Task.WaitAsync(socket.Timeout)).ShouldBe("3 True");
    }

    [Theory, OnEveryServer]
    public async Task An_aborted_client_is_a_reset_connection_and_an_aborted_request(ServerKind kind)
    {
        var seen = new TaskCompletionSource<Exception?>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            var thrown = await Record.ExceptionAsync(async () => (await peer.Stream.ReadAsync(new byte[1])).ShouldBe(0));
            await Cancelled(context.RequestAborted);
            seen.SetResult(thrown);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        socket.Abort();
        (await seen.Task.WaitAsync(socket.Timeout)).ShouldBeOfType<ConnectionResetException>();
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
    }

    [Theory, OnEveryServer]
    public async Task A_disposed_client_has_dropped(ServerKind kind)
    {
        var seen = new TaskCompletionSource<int>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            seen.SetResult(await peer.Stream.ReadAsync(new byte[1]));
        });
        var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.DisposeAsync();
        (await seen.Task.WaitAsync(socket.Timeout)).ShouldBe(0);
    }

    [Theory, OnEveryServer]
    public async Task A_connection_may_be_ended_more_than_once(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.EchoAsync);
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.DropAsync();
        await socket.DropAsync();
        socket.Abort();
        socket.Abort();
        await socket.DropAsync();
        await socket.ExpectEndAsync();
        await socket.SendTextAsync("lost");
        await socket.DisposeAsync();
        socket.Abort();
    }

    [Theory, OnEveryServer]
    public async Task The_delegates_return_is_the_end_of_the_transport_after_all_that_was_sent(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.Sending([.. RawPeer.Frame(0x81, "last"u8)]));
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectTextAsync("last");
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Finished);
    }

    [Theory, OnEveryServer]
    public async Task The_applications_abort_resets_the_transport(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.ReadAsync();
            context.Abort();
            await Cancelled(context.RequestAborted);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("go");
        (await socket.ExpectEndAsync()).ShouldBe(TransportEnd.Reset);
    }

    [Theory, OnEveryServer]
    public async Task After_the_applications_abort_its_reads_throw_and_its_writes_vanish(ServerKind kind)
    {
        var seen = new TaskCompletionSource<(Exception? OfRead, Exception? OfWrite)>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.ReadAsync();
            var reading = peer.Stream.ReadAsync(new byte[1]);
            context.Abort();
            seen.SetResult((
                await Record.ExceptionAsync(async () => await reading),
                await Record.ExceptionAsync(() => peer.WriteTextAsync("lost"))));
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("go");
        var (ofRead, ofWrite) = await seen.Task.WaitAsync(socket.Timeout);
        (kind == ServerKind.KestrelWithTls ? ofRead?.InnerException : ofRead).ShouldBeOfType<ConnectionAbortedException>();
        ofWrite.ShouldBeNull();
    }

    [Theory, OnEveryServer]
    public async Task A_write_that_is_cancelled_aborts_the_connection(ServerKind kind)
    {
        var seen = new TaskCompletionSource<Exception?>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.ReadAsync();
            using var cancelled = new CancellationTokenSource();
            var writing = peer.Stream.WriteAsync(new byte[20_000_000], cancelled.Token).AsTask();
            await cancelled.CancelAsync();
            var thrown = await Record.ExceptionAsync(() => writing);
            await Cancelled(context.RequestAborted);
            seen.SetResult(thrown);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("go");
        (await seen.Task.WaitAsync(socket.Timeout)).ShouldBeAssignableTo<OperationCanceledException>();
    }

    [Theory, OnEveryServer]
    public async Task Writes_to_a_client_that_has_gone_raise_nothing(ServerKind kind)
    {
        var seen = new TaskCompletionSource<Exception?>();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await Cancelled(context.RequestAborted);
            seen.SetResult(await Record.ExceptionAsync(async () => await peer.Stream.WriteAsync(new byte[1_000_000])));
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        socket.Abort();
        (await seen.Task.WaitAsync(socket.Timeout)).ShouldBeNull();
    }

    [Theory, OnEveryServer]
    public async Task What_the_server_sends_after_the_client_has_dropped_is_lost(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await Cancelled(context.RequestAborted);
            await peer.WriteTextAsync("too late");
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.DropAsync();
        await socket.ExpectEndAsync();
    }

    [Theory, OnEveryServer]
    public async Task Sends_to_a_server_that_has_gone_raise_nothing(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, RawPeer.Sending());
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectEndAsync();
        await socket.SendTextAsync("lost");
        await socket.SendByteByByteAsync("lost"u8);
        await socket.ExpectEndAsync();
    }

    [Theory, OnEveryServer]
    public async Task Disposing_the_servers_stream_does_not_end_the_connection(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.WriteTextAsync("before");
            await peer.Stream.DisposeAsync();
            await Cancelled(context.RequestAborted);
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.ExpectTextAsync("before");
        socket.Timeout = TimeSpan.FromMilliseconds(50);
        (await Should.ThrowAsync<ExpectationFailedException>(socket.ExpectEndAsync)).Message.ShouldContain("still open");
    }

    [Theory, OnEveryServer]
    public async Task An_exception_of_the_application_ends_the_connection(ServerKind kind)
    {
        await using var factory = new EndpointFactory(kind, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            await peer.ReadAsync();
            throw new InvalidTimeZoneException("broken");
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        await socket.SendTextAsync("go");
        var failed = await Should.ThrowAsync<ExpectationFailedException>(() => socket.ExpectTextAsync());
        failed.Message.ShouldContain("ended the transport");
        if (kind == ServerKind.InMemory)
        {
            failed.Message.ShouldContain("because the application threw InvalidTimeZoneException: broken");
            failed.InnerException.ShouldBeOfType<InvalidTimeZoneException>();
            await Should.ThrowAsync<ExpectationFailedException>(socket.ExpectEndAsync);
        }
    }

    [Theory, OnEveryServer]
    public async Task A_server_that_does_not_read_holds_the_client_back(ServerKind kind)
    {
        // Kestrel itself does not see a client go while nobody reads, so the endpoint must not wait for that.
        var goOn = new TaskCompletionSource();
        await using var factory = new EndpointFactory(kind, async context =>
        {
            await RawPeer.AcceptAsync(context);
            await goOn.Task;
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/");
        socket.Timeout = TimeSpan.FromMilliseconds(300);
        var failed = await Should.ThrowAsync<ExpectationFailedException>(() => socket.SendBinaryAsync(new byte[32 * 1024 * 1024]));
        goOn.SetResult();
        failed.Message.ShouldContain("they could not be sent within 0.3 s");
    }

    [Fact]
    public async Task In_memory_a_client_that_does_not_look_holds_the_server_back_at_the_capacity()
    {
        var sent = 0;
        var held = new TaskCompletionSource();
        await using var factory = new EndpointFactory(ServerKind.InMemory, async context =>
        {
            var peer = await RawPeer.AcceptAsync(context);
            for (; sent < 10; sent++)
            {
                var write = peer.WriteAsync(0x82, new byte[98]);
                if (!write.IsCompleted)
                {
                    held.TrySetResult();
                }

                await write;
            }
        });
        await using var socket = await factory.ConnectRawWebSocketAsync("/", options => options.TransportCapacity = 300);
        await held.Task.WaitAsync(socket.Timeout);
        sent.ShouldBe(3);
        for (var i = 0; i < 10; i++)
        {
            (await socket.ExpectBinaryAsync()).Length.ShouldBe(98);
        }

        await socket.ExpectEndAsync();
    }

    private static Task Cancelled(CancellationToken token)
    {
        var cancelled = new TaskCompletionSource();
        token.Register(cancelled.SetResult);
        return cancelled.Task;
    }
}
