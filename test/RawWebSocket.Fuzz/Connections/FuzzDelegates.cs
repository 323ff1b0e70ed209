using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using RawWebSocket.Fuzz.Engine;

namespace RawWebSocket.Fuzz.Connections;

/// <summary>The applications that are delegates.</summary>
internal sealed class FuzzDelegates(ConnectionSettings settings, Random random, TimeProvider time, ApplicationRecord record)
{
    private static readonly TimeSpan DeafFor = TimeSpan.FromMinutes(5);

    public Task RunAsync(WebSocketConnection connection) => settings.Application switch
    {
        ApplicationKind.EchoLoop or ApplicationKind.YieldingLoop => EchoAsync(connection),
        ApplicationKind.StreamEcho => StreamEchoAsync(connection),
        ApplicationKind.Mixed => MixAsync(connection),
        ApplicationKind.Closer => CloseAsync(connection),
        ApplicationKind.Aborter => AbortAsync(connection),
        ApplicationKind.Poster => PostAsync(connection),
        ApplicationKind.Leaver => LeaveAsync(connection),
        ApplicationKind.BrokenSource => SendFromBrokenSourceAsync(connection),
        ApplicationKind.Discarder => DiscardAsync(connection),
        ApplicationKind.Canceller => CancelAsync(connection),
        _ => Task.Delay(DeafFor, time, connection.Closed),
    };

    private async Task EchoAsync(WebSocketConnection connection)
    {
        while (await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            if (settings.Application == ApplicationKind.YieldingLoop)
            {
                await Task.Yield();
            }

            await connection.SendAsync(message).ConfigureAwait(false);
        }
    }

    private async Task StreamEchoAsync(WebSocketConnection connection)
    {
        while (await connection.ReceiveStreamAsync(settings.MaxMessageSize).ConfigureAwait(false) is { } stream)
        {
            record.OnMessage();
            await SendStreamAsync(connection, stream).ConfigureAwait(false);
        }
    }

    private async Task MixAsync(WebSocketConnection connection)
    {
        var buffer = new byte[1 + random.Next(300)];
        while (!connection.Completion.IsCompleted)
        {
            if (random.OneIn(3))
            {
                if (await ReceiveAsync(connection).ConfigureAwait(false) is not { } message)
                {
                    return;
                }

                await connection.SendAsync(message).ConfigureAwait(false);
                continue;
            }

            var limit = random.OneIn(3) ? random.Next(2000) : long.MaxValue;
            await using var stream = await connection.ReceiveStreamAsync(limit).ConfigureAwait(false);
            if (stream is null)
            {
                return;
            }

            record.OnMessage();
            await ReadSomeAsync(stream, buffer).ConfigureAwait(false);
        }
    }

    private async Task CloseAsync(WebSocketConnection connection)
    {
        var after = random.Next(3);
        while (record.Messages < after && await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            await connection.SendAsync(message).ConfigureAwait(false);
        }

        var closing = connection.CloseAsync((WebSocketCloseStatus)random.OneOf(1000, 1001, 3000, 4999), random.OneOf("", "bye", "ä€"));
        if (random.OneIn(2))
        {
            await connection.SendTextAsync("too late").ConfigureAwait(false);
            await EchoAsync(connection).ConfigureAwait(false);
        }

        await closing.ConfigureAwait(false);
    }

    private async Task AbortAsync(WebSocketConnection connection)
    {
        var after = random.Next(3);
        while (record.Messages < after && await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            await connection.SendAsync(message).ConfigureAwait(false);
        }

        connection.Abort();
        await connection.SendTextAsync("too late").ConfigureAwait(false);
        await EchoAsync(connection).ConfigureAwait(false);
    }

    private async Task PostAsync(WebSocketConnection connection)
    {
        while (await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            for (var count = 1 + random.Next(4); count > 0; count--)
            {
                connection.Post(message, random.OneOf("a", "b", null));
            }

            if (random.OneIn(3))
            {
                record.Track(connection.SendAsync(message.Type, new MemoryStream(message.ToArray())).AsTask());
                record.Track(connection.DrainedAsync().AsTask());
            }
        }
    }

    private async Task DiscardAsync(WebSocketConnection connection)
    {
        var after = random.Next(3);
        while (record.Messages < after && await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            await connection.SendAsync(message).ConfigureAwait(false);
        }

        connection.DiscardMessages();
        await Task.Delay(DeafFor, time, connection.Closed).ConfigureAwait(false);
    }

    private async Task LeaveAsync(WebSocketConnection connection)
    {
        var after = random.Next(4);
        while (record.Messages < after && await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            // A copy, because the message's own memory is only its until the next is received.
            record.Track(connection.SendBinaryAsync(message.ToArray()).AsTask());
        }
    }

    private async Task SendFromBrokenSourceAsync(WebSocketConnection connection)
    {
        while (await ReceiveAsync(connection).ConfigureAwait(false) is { } message)
        {
            try
            {
                await connection.SendAsync(message.Type, BreakAsync(message.ToArray(), random.Next(4))).ConfigureAwait(false);
            }
            catch (ExpectedException)
            {
                // The source's own, which comes back to whoever gave the source.
            }
        }
    }

    private async Task CancelAsync(WebSocketConnection connection)
    {
        while (true)
        {
            using var source = new CancellationTokenSource();
            try
            {
                var receiving = connection.ReceiveAsync(source.Token);
                if (!receiving.IsCompleted && random.OneIn(2))
                {
                    source.Cancel();
                }

                if (await receiving.ConfigureAwait(false) is not { } message)
                {
                    return;
                }

                record.OnMessage();
                var sending = connection.SendAsync(message, source.Token);
                source.Cancel();
                await sending.ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (source.IsCancellationRequested)
            {
                // Given up, as was wanted. Now without giving up, or this would go round without end.
                if (await ReceiveAsync(connection).ConfigureAwait(false) is null)
                {
                    return;
                }
            }
        }
    }

    private async ValueTask<WebSocketMessage?> ReceiveAsync(WebSocketConnection connection)
    {
        var message = await connection.ReceiveAsync().ConfigureAwait(false);
        if (message is not null)
        {
            record.OnMessage();
        }

        return message;
    }

    // A message that ends inside, because the connection does, is an exception of the stream's.
    private static async Task SendStreamAsync(WebSocketConnection connection, WebSocketMessageStream stream)
    {
        try
        {
            await using (stream)
            {
                await connection.SendAsync(stream.MessageType, stream).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
        }
    }

    private async Task ReadSomeAsync(WebSocketMessageStream stream, byte[] buffer)
    {
        try
        {
            var reads = random.OneIn(2) ? int.MaxValue : random.Next(4);
            while (reads-- > 0 && await stream.ReadAsync(buffer).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> BreakAsync(
        byte[] bytes, int after, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var start = 0; start < bytes.Length; start += 10)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (after-- == 0)
            {
                throw new ExpectedException();
            }

            yield return bytes.AsMemory(start, Math.Min(10, bytes.Length - start));
            await Task.CompletedTask.ConfigureAwait(false);
        }
    }
}
