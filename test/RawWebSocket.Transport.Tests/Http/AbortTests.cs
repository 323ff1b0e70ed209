using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class AbortTests
{
    private const string Request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    [Theory]
    [AllTransports]
    public async Task A_client_that_resets_cancels_its_request(TransportKind kind)
    {
        var (begun, aborted) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartAsync(kind, context => WaitForAbortAsync(context, begun, aborted));
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync(Request);
        await begun.Task.Within();
        client.Reset();

        await aborted.Task.Within();
    }

    [Theory]
    [AllTransports]
    public async Task A_client_that_sends_its_fin_cancels_its_request(TransportKind kind)
    {
        var (begun, aborted) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartAsync(kind, context => WaitForAbortAsync(context, begun, aborted));
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync(Request);
        await begun.Task.Within();
        client.Finish();

        await aborted.Task.Within();
    }

    [Theory]
    [AllTransports]
    public async Task An_aborted_request_resets_the_client(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync(Request);

        await client.ShouldBeResetAsync();
    }

    [Theory]
    [AllTransports]
    public async Task Writes_to_a_client_that_is_gone_raise_nothing(TransportKind kind)
    {
        var (begun, done) = (Waiting.NewSignal(), Waiting.NewSignal());
        await using var server = await Server.StartAsync(kind, async context =>
        {
            begun.SetResult();
            await context.RequestAborted.CancelledAsync();
            for (var i = 0; i < 100; i++)
            {
                await context.Response.Body.WriteAsync(new byte[10_000]);
            }

            done.SetResult();
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync(Request);
        await begun.Task.Within();
        client.Reset();

        await done.Task.Within();
    }

    [Theory]
    [AllTransports]
    public async Task An_exception_before_the_answer_is_a_500_and_the_connection_is_kept(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, _ => throw new InvalidOperationException("wrong"));
        using var client = await RawClient.ConnectAsync(server.Port);

        for (var i = 0; i < 3; i++)
        {
            await client.SendAsync(Request);
            (await client.ReadUntilAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 500 ");
        }
    }

    [Theory]
    [AllTransports]
    public async Task An_exception_within_the_answer_is_seen_by_the_client(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, async context =>
        {
            await context.Response.WriteAsync("half");
            throw new InvalidOperationException("wrong");
        });
        using var client = new HttpClient();

        await Should.ThrowAsync<HttpRequestException>(() => client.GetStringAsync(server.Address)).Within();
    }

    [Theory]
    [AllTransports]
    public async Task What_is_no_request_is_answered_with_400_and_a_fin(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, _ => Task.CompletedTask);
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("nonsense\r\n\r\n");

        (await client.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 400 ");
    }

    [Theory]
    [AllTransports]
    public async Task An_upgraded_connection_carries_bytes_both_ways(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, async context =>
        {
            await using var stream = await context.Features.Get<IHttpUpgradeFeature>()!.UpgradeAsync();
            await stream.CopyToAsync(stream);
        });
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: any\r\n\r\nearly");
        (await client.ReadUntilAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 101 ");
        (await client.ReadAsync(5)).ShouldBe("early");
        await client.SendAsync("later");
        (await client.ReadAsync(5)).ShouldBe("later");
    }

    private static async Task WaitForAbortAsync(HttpContext context, TaskCompletionSource begun, TaskCompletionSource aborted)
    {
        begun.SetResult();
        await context.RequestAborted.CancelledAsync();
        aborted.SetResult();
    }
}
