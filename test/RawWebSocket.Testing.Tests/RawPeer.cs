using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RawWebSocket.Testing.Tests;

/// <summary>The server's end of a connection, written out by hand: just enough of RFC 6455 to test the client against.</summary>
public sealed class RawPeer(Stream stream)
{
    public Stream Stream { get; } = stream;

    /// <summary>Answers the opening handshake.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "RFC 6455 section 4.2.2 asks for SHA-1.")]
    public static async Task<RawPeer> AcceptAsync(HttpContext context, Action<IHeaderDictionary>? change = null)
    {
        var headers = context.Response.Headers;
        headers.Upgrade = "websocket";
        headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(
            Encoding.ASCII.GetBytes(context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        change?.Invoke(headers);
        return new RawPeer(await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync());
    }

    /// <summary>An endpoint that accepts, sends these bytes and returns.</summary>
    public static RequestDelegate Sending(params byte[] bytes) => async context =>
    {
        var peer = await AcceptAsync(context);
        await peer.Stream.WriteAsync(bytes);
    };

    /// <summary>An endpoint that answers text and binary with the same, ping with pong and close with close.</summary>
    public static async Task EchoAsync(HttpContext context)
    {
        var peer = await AcceptAsync(context);
        while (await peer.ReadAsync() is var (first, payload))
        {
            var answer = (first & 0x0F) == 9 ? (byte)0x8A : first;
            await peer.WriteAsync(answer, payload);
            if ((first & 0x0F) == 8)
            {
                return;
            }
        }
    }

    public static byte[] Frame(byte first, ReadOnlySpan<byte> payload) => payload.Length < 126
        ? [first, (byte)payload.Length, .. payload]
        : [first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload];

    public async Task WriteAsync(byte first, byte[] payload) => await Stream.WriteAsync(Frame(first, payload));

    public Task WriteTextAsync(string text) => WriteAsync(0x81, Encoding.UTF8.GetBytes(text));

    /// <summary>The next frame's first byte and its payload, unmasked; null at the end.</summary>
    public async Task<(byte First, byte[] Payload)?> ReadAsync()
    {
        if (await TakeAsync(2) is not [var first, var second])
        {
            return null;
        }

        var length = second & 0x7F;
        if (length == 126 && await TakeAsync(2) is [var high, var low])
        {
            length = (high << 8) | low;
        }

        return await TakeAsync(4) is { } key && await TakeAsync(length) is { } payload
            ? (first, payload.Select((b, i) => (byte)(b ^ key[i & 3])).ToArray())
            : null;
    }

    private async Task<byte[]?> TakeAsync(int count)
    {
        var bytes = new byte[count];
        return await Stream.ReadAtLeastAsync(bytes, count, throwOnEndOfStream: false) == count ? bytes : null;
    }
}
