using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace RawWebSocket.Transport.Tests.Http;

public sealed class BodyTests
{
    private const int Large = 16 * 1024 * 1024;
    private static readonly Uri Root = new("/", UriKind.Relative);

    [Theory]
    [AllTransports]
    public async Task A_large_body_arrives_whole(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, HashAsync, WithoutLimit);
        using var client = new HttpClient { BaseAddress = server.Address };
        var body = RandomNumberGenerator.GetBytes(Large);

        using var content = new ByteArrayContent(body);
        var response = await client.PostAsync(Root, content).Within();

        (await response.Content.ReadAsStringAsync()).ShouldBe(Convert.ToHexString(SHA256.HashData(body)));
    }

    [Theory]
    [AllTransports]
    public async Task A_chunked_body_arrives_whole(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, HashAsync, WithoutLimit);
        using var client = new HttpClient { BaseAddress = server.Address };
        var body = RandomNumberGenerator.GetBytes(1024 * 1024);

        using var content = new StreamContent(new MemoryStream(body), bufferSize: 1000);
        using var request = new HttpRequestMessage(HttpMethod.Post, Root) { Content = content };
        request.Headers.TransferEncodingChunked = true;
        var response = await client.SendAsync(request).Within();

        (await response.Content.ReadAsStringAsync()).ShouldBe(Convert.ToHexString(SHA256.HashData(body)));
    }

    [Theory]
    [AllTransports]
    public async Task A_body_comes_after_100_continue(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Request.Body.CopyToAsync(context.Response.Body));
        using var client = await RawClient.ConnectAsync(server.Port);

        await client.SendAsync("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        (await client.ReadUntilAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 100 ");
        await client.SendAsync("hello");

        (await client.ReadToEndAsync()).ShouldContain("hello");
    }

    [Theory]
    [AllTransports]
    public async Task A_large_answer_arrives_whole_in_one_write_or_many(TransportKind kind)
    {
        var body = RandomNumberGenerator.GetBytes(Large);
        await using var server = await Server.StartAsync(kind, async context =>
        {
            var size = context.Request.Path == "/many" ? 10_000 : Large;
            for (var i = 0; i < Large; i += size)
            {
                await context.Response.Body.WriteAsync(body.AsMemory(i, Math.Min(size, Large - i)));
            }
        });
        using var client = new HttpClient { BaseAddress = server.Address };

        (await client.GetByteArrayAsync(Root).Within()).AsSpan().SequenceEqual(body).ShouldBeTrue();
        (await client.GetByteArrayAsync(new Uri("/many", UriKind.Relative)).Within()).AsSpan().SequenceEqual(body).ShouldBeTrue();
    }

    [Theory]
    [AllTransports]
    public async Task A_client_that_reads_slowly_gets_everything(TransportKind kind)
    {
        await using var server = await Server.StartAsync(
            kind, async context => await context.Response.BodyWriter.WriteAsync(new byte[Large / 4]));
        using var client = await RawClient.ConnectAsync(server.Port, socket => socket.ReceiveBufferSize = 4096);

        await client.SendAsync("GET / HTTP/1.0\r\n\r\n");
        await client.ReadUntilAsync("\r\n\r\n");

        (await client.ReadToEndAsync()).Length.ShouldBe(Large / 4);
    }

    [Theory]
    [AllTransports]
    public async Task A_body_that_nobody_reads_does_not_stand_in_the_way_of_the_next_request(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, context => context.Response.WriteAsync("unread"));
        using var client = new HttpClient { BaseAddress = server.Address };

        for (var i = 0; i < 5; i++)
        {
            using var content = new ByteArrayContent(new byte[300_000]);
            var response = await client.PostAsync(Root, content).Within();
            (await response.Content.ReadAsStringAsync().Within()).ShouldBe("unread");
        }
    }

    [Theory]
    [AllTransports]
    public async Task A_body_above_the_limit_is_refused_with_413(TransportKind kind)
    {
        await using var server = await Server.StartAsync(kind, HashAsync, options => options.Limits.MaxRequestBodySize = 1000);
        using var client = new HttpClient { BaseAddress = server.Address };

        using var content = new ByteArrayContent(new byte[1001]);
        (await client.PostAsync(Root, content).Within()).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Theory]
    [AllTransports]
    public async Task A_reader_that_pauses_holds_the_sender_back(TransportKind kind)
    {
        var mayRead = Waiting.NewSignal();
        await using var server = await Server.StartAsync(
            kind,
            async context =>
            {
                context.Features.Get<IHttpMinRequestBodyDataRateFeature>()!.MinDataRate = null;
                await mayRead.Task.Within();
                await HashAsync(context);
            },
            WithoutLimit);
        using var client = await RawClient.ConnectAsync(server.Port, socket => socket.SendBufferSize = 64 * 1024);
        await client.SendAsync($"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {Large}\r\nConnection: close\r\n\r\n");

        var sent = 0;
        client.Socket.Blocking = false;
        await Waiting.UntilAsync(() => !TrySend(client, new byte[Large - sent], ref sent), "the sender was never held back");
        client.Socket.Blocking = true;
        sent.ShouldBeLessThan(Large);
        mayRead.SetResult();
        await client.SendAsync(new byte[Large - sent]);

        (await client.ReadToEndAsync()).ShouldContain(Convert.ToHexString(SHA256.HashData(new byte[Large])));
    }

    private static bool TrySend(RawClient client, byte[] bytes, ref int sent)
    {
        try
        {
            sent += client.Socket.Send(bytes);
            return sent < Large;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private static void WithoutLimit(Microsoft.AspNetCore.Server.Kestrel.Core.KestrelServerOptions options) =>
        options.Limits.MaxRequestBodySize = null;

    private static async Task HashAsync(HttpContext context) =>
        await context.Response.WriteAsync(Convert.ToHexString(await SHA256.HashDataAsync(context.Request.Body)));
}
