using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RawWebSocket.Tests;

namespace RawWebSocket.Integration.Tests.Sending;

/// <summary>Kestrel has no memory for the rest of a frame.</summary>
public sealed class BrokenOutputTests : IDisposable
{
    private const int Length = 20_000;

    private readonly FailingPool _pool = new();
    private readonly RecordedLog _log = new();

    public void Dispose()
    {
        _pool.Dispose();
        _log.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_connection_fails_the_closure_says_why_and_the_peer_sees_no_other_frame(bool inBatch)
    {
        var results = new TaskCompletionSource<SendResult[]>();
        var handler = new ScriptedHandler
        {
            WhenMessage = async (connection, _) =>
            {
                if (!inBatch)
                {
                    await Task.Yield();
                }

                _pool.ThrowAtRent(2);
                var broken = connection.SendBinaryAsync(new byte[Length]).AsTask();
                var next = connection.SendTextAsync("next").AsTask();
                results.SetResult(await Task.WhenAll(broken, next));
            },
        };
        await using var app = Build(handler);
        await app.StartAsync();
        using var client = await RawHttpClient.ConnectAsync(new Uri(app.Urls.Single()));
        await client.SendHandshakeAsync("Connection: Upgrade");
        await handler.Opened;
        await client.SendAsync("\u0081\u0080\0\0\0\0");

        (await results.Task.Within()).ShouldBe([SendResult.Closed, SendResult.Closed]);
        var closure = await handler.Closed;
        closure.Code.ShouldBe(WebSocketClosure.Abnormal);
        closure.Reason.ShouldContain("could not be written");
        closure.Exception.ShouldBeSameAs(_pool.Thrown);
        closure.Sent.ShouldBeNull();
        closure.MessagesSent.ShouldBe(0);

        var received = await client.ReadToEndAsync();
        var frames = received[(received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
        frames.Length.ShouldBeLessThan(4 + Length);
        frames.ShouldNotContain("next");
        _log.Problems.ShouldHaveSingleItem().EventId.ShouldBe(12);
    }

    // Not a TestApp: WebApplicationFactory adds Kestrel's own pool after the test's.
    private WebApplication Build(IWebSocketHandler handler)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseKestrel(options => options.Listen(IPAddress.Loopback, 0));
        builder.Logging.ClearProviders().AddProvider(_log);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(new PoolFactory(_pool));
        builder.Services.AddRawWebSockets();
        var app = builder.Build();
        app.UseRawWebSockets();
        app.MapRawWebSocket("/", handler);
        return app;
    }

    private sealed class PoolFactory(MemoryPool<byte> pool) : IMemoryPoolFactory<byte>
    {
        public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => pool;
    }
}
