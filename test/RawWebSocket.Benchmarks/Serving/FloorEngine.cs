using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using RawWebSocket.Benchmarks.Loading;

namespace RawWebSocket.Benchmarks.Serving;

/// <summary>
/// A bare loop over the connection's pipe: reads headers, unmasks in place, sends whole frames back with one flush a read. Nothing is
/// checked, nothing is limited, nobody is pinged or closed: not a server, but what no echo on Kestrel can be much faster than.
/// </summary>
internal static class FloorEngine
{
    private static readonly ConcurrentDictionary<PipeWriter, bool> Members = new();
    private static readonly SemaphoreSlim Broadcasting = new(1);

    public static void Map(WebApplication app)
    {
        app.Map("/echo", context => UntilResetAsync(context, EchoAsync));
        app.Map("/burst", context => UntilResetAsync(context, BurstAsync));
        app.Map("/broadcast", context => UntilResetAsync(context, BroadcastAsync));
    }

    // The load goes when it has seen enough, whatever is still under way.
    private static async Task UntilResetAsync(HttpContext context, Func<IDuplexPipe, Task> serveAsync)
    {
        try
        {
            await serveAsync(await UpgradeAsync(context));
        }
        catch (ConnectionResetException)
        {
            context.Abort();
        }
    }

    /// <summary>The loop, until there is nothing more to read.</summary>
    public static async Task EchoAsync(IDuplexPipe pipe)
    {
        while (true)
        {
            var result = await pipe.Input.ReadAsync();
            var unread = result.Buffer;
            while (TryReadFrame(ref unread, out var first, out var payload))
            {
                WriteFrame(pipe.Output, first, payload);
            }

            pipe.Input.AdvanceTo(unread.Start, unread.End);
            if (result.IsCompleted || (await pipe.Output.FlushAsync()).IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task BurstAsync(IDuplexPipe pipe)
    {
        ReadResult result;
        do
        {
            result = await pipe.Input.ReadAsync();
            var unread = result.Buffer;
            while (TryReadFrame(ref unread, out var first, out var payload))
            {
                for (var i = 0; i < LoadPlan.BurstLength; i++)
                {
                    WriteFrame(pipe.Output, first, payload);
                    await pipe.Output.FlushAsync();
                }
            }

            pipe.Input.AdvanceTo(unread.Start, unread.End);
        }
        while (!result.IsCompleted);
    }

    private static async Task BroadcastAsync(IDuplexPipe pipe)
    {
        Members[pipe.Output] = true;
        try
        {
            ReadResult result;
            do
            {
                result = await pipe.Input.ReadAsync();
                var unread = result.Buffer;
                while (TryReadFrame(ref unread, out var first, out var payload))
                {
                    await SendToAllAsync(first, payload);
                }

                pipe.Input.AdvanceTo(unread.Start, unread.End);
            }
            while (!result.IsCompleted);
        }
        finally
        {
            await Broadcasting.WaitAsync();
            Members.TryRemove(pipe.Output, out _);
            Broadcasting.Release();
        }
    }

    private static async Task SendToAllAsync(byte first, ReadOnlySequence<byte> payload)
    {
        await Broadcasting.WaitAsync();
        foreach (var (member, _) in Members)
        {
            WriteFrame(member, first, payload);
            await member.FlushAsync();
        }

        Broadcasting.Release();
    }

    private static async Task<IDuplexPipe> UpgradeAsync(HttpContext context)
    {
        var key = context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
#pragma warning disable CA5350 // RFC 6455 section 4.2.2 wants SHA-1, and not as a secret.
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key)));
#pragma warning restore CA5350
        context.Response.Headers.Upgrade = "websocket";
        await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        return context.Features.GetRequiredFeature<IConnectionTransportFeature>().Transport;
    }

    private static bool TryReadFrame(ref ReadOnlySequence<byte> unread, out byte first, out ReadOnlySequence<byte> payload)
    {
        first = 0;
        payload = default;
        Span<byte> header = stackalloc byte[14];
        header = header[..(int)Math.Min(unread.Length, header.Length)];
        unread.Slice(0, header.Length).CopyTo(header);
        if (header.Length < 6)
        {
            return false;
        }

        var shortLength = header[1] & 0x7F;
        var keyAt = shortLength switch { 126 => 4, 127 => 10, _ => 2 };
        if (header.Length < keyAt + 4)
        {
            return false;
        }

        var length = shortLength switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(header[2..]),
            127 => BinaryPrimitives.ReadInt64BigEndian(header[2..]),
            _ => shortLength,
        };
        if (unread.Length < keyAt + 4 + length)
        {
            return false;
        }

        first = header[0];
        payload = unread.Slice(keyAt + 4, length);
        unread = unread.Slice(payload.End);
        Protocol.Masking.Apply(payload, MemoryMarshal.Read<uint>(header[keyAt..]));
        return true;
    }

    private static void WriteFrame(PipeWriter output, byte first, in ReadOnlySequence<byte> payload)
    {
        var header = output.GetSpan(Protocol.FrameHeader.MaxWrittenSize);
        var size = Protocol.FrameHeader.Write(header, Protocol.Opcode.Binary, isFinal: true, payload.Length);
        header[0] = first;
        output.Advance(size);
        foreach (var part in payload)
        {
            output.Write(part.Span);
        }
    }
}
