namespace RawWebSocket.Transport.Tests.Http;

/// <summary>Plain HTTP/1.1 has to work alike on Kestrel's own sockets and on ours.</summary>
public sealed class KeptConnectionTests
{
    [Theory]
    [AllTransports]
    public async Task A_kept_connection_answers_one_request_after_the_other(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Response.WriteAsync(context.Connection.Id));
        using var client = new HttpClient { BaseAddress = server.Address };

        var first = await client.GetStringAsync(new Uri("/", UriKind.Relative)).Within();
        for (var i = 0; i < 100; i++)
        {
            (await client.GetStringAsync(new Uri("/", UriKind.Relative)).Within()).ShouldBe(first);
        }
    }

    [Theory]
    [AllTransports]
    public async Task Pipelined_requests_are_answered_in_order(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Response.WriteAsync(context.Request.Path.Value!));
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync(string.Concat(Enumerable.Range(0, 200).Select(i => $"GET /{i:000} HTTP/1.1\r\nHost: a\r\n\r\n")));

        for (var i = 0; i < 200; i++)
        {
            await client.ReadUntilAsync("\r\n\r\n4\r\n");
            (await client.ReadUntilAsync("\r\n0\r\n\r\n")).ShouldStartWith($"/{i:000}");
        }
    }

    [Theory]
    [AllTransports]
    public async Task A_request_may_come_byte_by_byte(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Response.WriteAsync("whole"));
        using var client = await RawClient.ConnectAsync(server.Port, socket => socket.NoDelay = true);

        foreach (var each in "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        {
            await client.SendAsync(each.ToString());
        }

        (await client.ReadToEndAsync()).ShouldContain("whole");
    }

    [Theory]
    [AllTransports]
    public async Task Headers_longer_than_a_block_arrive(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind, context => context.Response.WriteAsync(context.Request.Headers["X-Long"].ToString()[10_000..]));
        using var client = new HttpClient { BaseAddress = server.Address };
        client.DefaultRequestHeaders.Add("X-Long", new string('a', 20_000));

        (await client.GetStringAsync(new Uri("/", UriKind.Relative)).Within()).ShouldBe(new string('a', 10_000));
    }

    [Theory]
    [AllTransports]
    public async Task Many_clients_are_served_side_by_side(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, async context =>
        {
            await Task.Yield();
            await context.Response.WriteAsync(context.Request.Path.Value!);
        });
        using var client = new HttpClient { BaseAddress = server.Address };

        var answers = await Task.WhenAll(Enumerable.Range(0, 500)
            .Select(i => client.GetStringAsync(new Uri($"/{i}", UriKind.Relative)))).Within();

        answers.ShouldBe(Enumerable.Range(0, 500).Select(i => $"/{i}"));
    }
}
