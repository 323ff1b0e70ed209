using System.Globalization;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;

namespace RawWebSocket.Conformance.Tests;

/// <summary>The application under test: echoes that differ in when they answer and in how much they take.</summary>
internal static class Endpoints
{
    /// <summary>Answers before its handler returns.</summary>
    public const string Echo = "/echo";

    /// <summary>Answers on another thread.</summary>
    public const string Yielding = "/yielding";

    /// <summary>Answers nothing before the server has seen that the connection ends.</summary>
    public const string Late = "/late";

    /// <summary>Asks for each message.</summary>
    public const string Asking = "/asking";

    /// <summary>Takes messages of at most <see cref="SmallLimit"/> bytes.</summary>
    public const string Small = "/small";

    /// <summary>Takes messages of any length.</summary>
    public const string Unlimited = "/unlimited";

    /// <summary>Starts the closing handshake with the code that a message names, and then tries to send more.</summary>
    public const string Closing = "/closing";

    /// <summary>Sends one message, of which each that comes is a fragment and an empty one the end; and another beside it.</summary>
    public const string Streaming = "/streaming";

    /// <summary>Speaks the subprotocols "chat" and "superchat", and lets pages of https://friend.example in.</summary>
    public const string Choosy = "/choosy";

    public const int SmallLimit = 1000;

    public const int StandardLimit = 1024 * 1024;

    public static void Map(IApplicationBuilder app) => app.UseEndpoints(endpoints =>
    {
        var echo = new Handler((connection, message) => connection.SendAsync(message));
        endpoints.MapRawWebSocket(Echo, echo);
        endpoints.MapRawWebSocket(Small, echo, options => options.MaxMessageSize = SmallLimit);
        endpoints.MapRawWebSocket(Unlimited, echo, options => options.MaxMessageSize = int.MaxValue);
        endpoints.MapRawWebSocket(Yielding, new Handler(EchoOnAnotherThreadAsync));
        endpoints.MapRawWebSocket(Late, new Handler(EchoAtTheEndAsync));
        endpoints.MapRawWebSocket(Asking, AskAndEchoAsync);
        endpoints.MapRawWebSocket(Closing, new Handler(CloseAsync));
        endpoints.MapRawWebSocket(Streaming, StreamAsync);
        endpoints.MapRawWebSocket(Choosy, echo, options =>
        {
            options.Subprotocols.Add("chat");
            options.Subprotocols.Add("superchat");
            options.AllowedOrigins.Add("https://friend.example");
        });
    });

    private static async ValueTask<SendResult> EchoOnAnotherThreadAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        await Task.Yield();
        return await connection.SendAsync(message);
    }

    private static async ValueTask<SendResult> EchoAtTheEndAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        var ends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (connection.Closed.Register(ends.SetResult))
        {
            await ends.Task;
        }

        return await connection.SendAsync(message);
    }

    private static async Task AskAndEchoAsync(WebSocketConnection connection)
    {
        await foreach (var message in connection.ReadAllAsync())
        {
            await connection.SendAsync(message);
        }
    }

    private static ValueTask<SendResult> CloseAsync(WebSocketConnection connection, WebSocketMessage message)
    {
        _ = connection.CloseAsync((WebSocketCloseStatus)int.Parse(message.Text, CultureInfo.InvariantCulture), "the server's reason");
        _ = connection.PingAsync().AsTask();
        connection.SendPong("after the close"u8);
        return connection.SendTextAsync("after the close");
    }

    private static async Task StreamAsync(WebSocketConnection connection)
    {
        if (await connection.ReceiveAsync() is not { } first)
        {
            return;
        }

        var another = Task.FromResult(SendResult.Closed);
        await connection.SendAsync(first.Type, FragmentsAsync(first.ToArray()));
        await another;

        async IAsyncEnumerable<ReadOnlyMemory<byte>> FragmentsAsync(byte[] payload)
        {
            yield return payload;
            another = connection.SendTextAsync("another message").AsTask();
            while (await connection.ReceiveAsync() is { Payload.IsEmpty: false } next)
            {
                yield return next.ToArray();
            }
        }
    }

    private sealed class Handler(Func<WebSocketConnection, WebSocketMessage, ValueTask<SendResult>> answer) : IWebSocketHandler
    {
        public async ValueTask OnMessageAsync(WebSocketConnection connection, WebSocketMessage message) =>
            await answer(connection, message);
    }
}
