using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace RawWebSocket.Transport.Tests.Hazards;

public sealed class HalfCloseTests
{
    [Theory]
    [AllTransports]
    public async Task What_the_peer_sent_before_its_fin_is_read_and_can_be_answered(TransportKind kind)
    {
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var text = await ReadAllAsync(connection.Transport.Input);
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{text} and more"));
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("some");
        client.Finish();

        (await client.ReadToEndAsync()).ShouldBe("some and more");
    }

    [Theory]
    [AllTransports]
    public async Task A_fin_directly_behind_much_data_is_seen(TransportKind kind)
    {
        const int Count = 3_000_001;
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            var text = await ReadAllAsync(connection.Transport.Input);
            await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes($"{text.Length}"));
        });
        for (var i = 0; i < 10; i++)
        {
            using var client = await RawClient.ConnectAsync(server.Port);
            await client.SendAsync(new byte[Count]);
            client.Finish();

            (await client.ReadToEndAsync()).ShouldBe($"{Count}");
        }
    }

    [Theory]
    [OurTransport]
    public async Task Completing_the_output_sends_a_fin_and_the_peer_can_go_on(TransportKind kind)
    {
        var read = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            await connection.Transport.Output.WriteAsync("bye"u8.ToArray());
            await connection.Transport.Output.CompleteAsync();
            read.SetResult(await ReadAllAsync(connection.Transport.Input));
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        (await client.ReadToEndAsync()).ShouldBe("bye");
        await client.SendAsync("still here");
        client.Finish();

        (await read.Task.Within()).ShouldBe("still here");
    }

    [Theory]
    [OurTransport]
    public async Task What_was_written_and_not_flushed_leaves_with_the_completion(TransportKind kind)
    {
        await using var server = await Server.StartRawAsync(kind, connection =>
        {
            connection.Transport.Output.Write("unflushed"u8);
            return Task.CompletedTask;
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        (await client.ReadToEndAsync()).ShouldBe("unflushed");
    }

    [Theory]
    [OurTransport]
    public async Task Who_reads_no_more_is_told_that_the_peer_has_ended(TransportKind kind)
    {
        var (completed, told) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartRawAsync(kind, async connection =>
        {
            await connection.Transport.Input.CompleteAsync();
            completed.SetResult();
            await connection.ConnectionClosed.CancelledAsync();
            told.SetResult();
        });
        using var client = await RawClient.ConnectAsync(server.Port);
        await completed.Task.Within();
        await client.SendAsync("unread");
        client.Finish();

        await told.Task.Within();
    }

    private static async Task<string> ReadAllAsync(PipeReader reader)
    {
        while (true)
        {
            var result = await reader.ReadAsync();
            if (result.IsCompleted)
            {
                return Encoding.ASCII.GetString(result.Buffer);
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }
}
