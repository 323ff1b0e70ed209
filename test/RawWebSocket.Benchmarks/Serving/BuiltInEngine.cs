using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>ASP.NET Core's own WebSockets, as its documentation uses them: what a receive brings is sent on at once.</summary>
internal sealed class BuiltInEngine(ServerSettings settings)
{
    // A WebSocket sends one message at a time.
    private static readonly SemaphoreSlim Broadcasting = new(1);

    private readonly ConcurrentDictionary<WebSocket, bool> _members = new();

    public static void Map(WebApplication app, ServerSettings settings)
    {
        var engine = new BuiltInEngine(settings);
        app.UseWebSockets();
        app.Map("/echo", engine.EchoAsync);
        app.Map("/zb", engine.EchoWithZeroByteReadsAsync);
        app.Map("/burst", engine.BurstAsync);
        app.Map("/broadcast", engine.BroadcastAsync);
    }

    private async Task EchoAsync(HttpContext context)
    {
        using var socket = await AcceptAsync(context);
        var buffer = new byte[settings.ReceiveBuffer];
        while (await ReceiveAsync(socket, buffer) is { MessageType: not WebSocketMessageType.Close } result)
        {
            await socket.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
        }

        await CloseAsync(socket);
    }

    // Holds no buffer while it waits.
    private async Task EchoWithZeroByteReadsAsync(HttpContext context)
    {
        using var socket = await AcceptAsync(context);
        var isOpen = true;
        while (isOpen)
        {
            await ReceiveAsync(socket, Memory<byte>.Empty);
            var buffer = ArrayPool<byte>.Shared.Rent(settings.ReceiveBuffer);
            var result = await ReceiveAsync(socket, buffer);
            isOpen = result.MessageType != WebSocketMessageType.Close;
            if (isOpen)
            {
                await socket.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        await CloseAsync(socket);
    }

    private async Task BurstAsync(HttpContext context)
    {
        using var socket = await AcceptAsync(context);
        var buffer = new byte[settings.ReceiveBuffer];
        while (await ReceiveAsync(socket, buffer) is { MessageType: not WebSocketMessageType.Close } result)
        {
            for (var i = 0; i < LoadPlan.BurstLength; i++)
            {
                await socket.SendAsync(buffer.AsMemory(0, result.Count), result.MessageType, result.EndOfMessage, CancellationToken.None);
            }
        }

        await CloseAsync(socket);
    }

    private async Task BroadcastAsync(HttpContext context)
    {
        using var socket = await AcceptAsync(context);
        _members[socket] = true;
        var buffer = new byte[settings.ReceiveBuffer];
        var count = 0;
        while (await ReceiveAsync(socket, buffer.AsMemory(count)) is { MessageType: not WebSocketMessageType.Close } result)
        {
            count += result.Count;
            if (result.EndOfMessage)
            {
                await SendToAllAsync(buffer.AsMemory(0, count), result.MessageType);
                count = 0;
            }
            else if (count == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
        }

        _members.TryRemove(socket, out _);
        await CloseAsync(socket);
    }

    private async Task SendToAllAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type)
    {
        await Broadcasting.WaitAsync();
        try
        {
            foreach (var (member, _) in _members)
            {
                if (member.State == WebSocketState.Open)
                {
                    await member.SendAsync(message, type, endOfMessage: true, CancellationToken.None);
                }
            }
        }
        finally
        {
            Broadcasting.Release();
        }
    }

    private Task<WebSocket> AcceptAsync(HttpContext context) => context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
    {
        DangerousEnableCompression = settings.Compression != DeflateMode.Off,
        DisableServerContextTakeover = settings.Compression == DeflateMode.Shared,
    });

    // The load goes without a close frame, which this API calls an exception.
    private static async ValueTask<ValueWebSocketReceiveResult> ReceiveAsync(WebSocket socket, Memory<byte> buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, CancellationToken.None);
        }
        catch (WebSocketException)
        {
            return new ValueWebSocketReceiveResult(0, WebSocketMessageType.Close, endOfMessage: true);
        }
    }

    private static async Task CloseAsync(WebSocket socket)
    {
        if (socket.State == WebSocketState.CloseReceived)
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
    }
}
