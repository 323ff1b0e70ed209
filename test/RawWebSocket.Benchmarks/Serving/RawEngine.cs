using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>RawWebSocket with its defaults: every check and every limit is on.</summary>
internal static class RawEngine
{
    // The longest row is 4 MiB.
    private const int MaxMessageSize = 8 * 1024 * 1024;

    private const string Everyone = "everyone";

    public static void AddServices(IServiceCollection services) =>
        services.AddRawWebSockets(static options => options.MaxMessageSize = MaxMessageSize);

    public static void Map(WebApplication app, ServerSettings settings)
    {
        app.UseRawWebSockets();
        app.MapRawWebSocket("/echo", new EchoHandler(), options => options.Compression.Mode = settings.Compression switch
        {
            DeflateMode.Shared => WebSocketCompressionMode.Shared,
            DeflateMode.Dedicated => WebSocketCompressionMode.Dedicated,
            _ => WebSocketCompressionMode.Off,
        });
        app.MapRawWebSocket("/burst", new BurstHandler());
        app.MapRawWebSocket("/broadcast", new BroadcastHandler(app.Services.GetRequiredService<WebSocketGroups>()));
    }

    private sealed class EchoHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await connection.SendAsync(message);
    }

    private sealed class BurstHandler : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            // As from elsewhere in an application: what the reading thread sends is gathered.
            await Task.Yield();
            for (var i = 0; i < LoadPlan.BurstLength; i++)
            {
                connection.Post(message.Type, message.Payload.FirstSpan, MessageCompression.AsAgreed);
            }
        }
    }

    private sealed class BroadcastHandler(WebSocketGroups groups) : IWebSocketHandler
    {
        private readonly WebSocketAudience _everyone = groups.Group(Everyone);

        public ValueTask OnOpenedAsync(WebSocketConnection connection)
        {
            connection.JoinGroup(Everyone);
            return ValueTask.CompletedTask;
        }

        public ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message)
        {
            _everyone.Send(message);
            return ValueTask.CompletedTask;
        }
    }
}
