using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;

namespace RawWebSocket.Integration.Tests.Observing;

/// <summary>Whatever is made under the first request, and lives on, must not keep that request's ambient state alive.</summary>
public class RetentionTests
{
    private static readonly AsyncLocal<object?> Ambient = new();

    [Theory, InMemoryAndOverKestrel]
    public async Task What_flowed_with_the_first_request_can_be_collected_when_its_connection_has_ended(ServerKind kind)
    {
        var values = new Recorder<WeakReference>();
        await using var app = TestApp.Mapping(
            routes =>
            {
                routes.Use((context, next) =>
                {
                    values.Add(SetAmbient());
                    return next(context);
                });
                routes.MapRawWebSocket("/", new Echo(), options =>
                {
                    // So few that the buckets are made, and their limiter with its timer.
                    options.MaxMessagesPerSecond = 16;
                    options.MaxBytesPerSecond = 4096;
                    options.Compression.Mode = WebSocketCompressionMode.Dedicated;
                    options.Compression.MinimumSize = 0;
                });
            },
            builder => builder.Services.AddSingleton(TimeProvider.System),
            kind);
        await UseConnectionAsync(app);
        app.Groups.All.ShouldBeEmpty();
        await ShouldBeCollectedAsync(values.Single());
    }

    private static async Task UseConnectionAsync(TestApp app)
    {
        await using (var socket = await app.ConnectAsync("/", options => options.Headers.SecWebSocketExtensions = "permessage-deflate"))
        {
            for (var message = 0; message < 4; message++)
            {
                await socket.SendTextAsync(new string('m', 300));
                await socket.ExpectTextAsync();
            }

            await socket.CloseAsync();
            await socket.ExpectEndAsync();
        }

        // The server may need a moment longer than the client.
        await app.Log.FirstAsync(2);
        while (app.Groups.All.Any())
        {
            await Task.Yield();
        }
    }

    // Collected as often as it takes: what ends asynchronously may still be on its way out, and a rate limiter forgets the bucket of a
    // connection ten seconds after its last use.
    private static async Task ShouldBeCollectedAsync(WeakReference value)
    {
        var begun = Environment.TickCount64;
        while (value.IsAlive && Environment.TickCount64 - begun < 4 * Waiting.Limit.TotalMilliseconds)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Task.Delay(200);
        }

        value.IsAlive.ShouldBeFalse();
    }

    /// <summary>Keeps nothing of its connections.</summary>
    private sealed class Echo : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await connection.SendAsync(message);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference SetAmbient()
    {
        var value = new object();
        Ambient.Value = value;
        return new WeakReference(value);
    }
}
