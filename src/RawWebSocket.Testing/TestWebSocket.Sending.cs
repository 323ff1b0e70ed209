using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing;

/// <content>
/// What a test can send. A send finishes when the transport has taken the bytes. Over a connection that the server has dropped it is
/// lost without an exception, as over TCP; the next expectation shows the end.
/// </content>
public sealed partial class TestWebSocket
{
    /// <summary>Sends a text message in one frame.</summary>
    /// <param name="text">The text.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendTextAsync(string text) => SendFrameAsync(TestFrame.Text(text));

    /// <summary>Sends a text message in one frame, of bytes that need not be UTF-8.</summary>
    /// <param name="utf8">The payload.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendTextAsync(ReadOnlySpan<byte> utf8) => SendFrameAsync(TestFrame.Text(utf8));

    /// <summary>Sends a binary message in one frame.</summary>
    /// <param name="data">The payload.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendBinaryAsync(ReadOnlySpan<byte> data) => SendFrameAsync(TestFrame.Binary(data));

    /// <summary>Sends a value as a text message of JSON.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="options">How to write it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendJsonAsync<T>(T value, JsonSerializerOptions? options = null) =>
        SendTextAsync(JsonSerializer.SerializeToUtf8Bytes(value, options ?? JsonSerializerOptions.Web));

    /// <summary>Sends one text message in several frames, each in a write of its own.</summary>
    /// <param name="fragments">The fragments' payloads, at least one; each may be empty.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendFragmentsAsync(params ReadOnlySpan<string> fragments)
    {
        var payloads = new byte[fragments.Length][];
        for (var i = 0; i < payloads.Length; i++)
        {
            payloads[i] = Encoding.UTF8.GetBytes(fragments[i]);
        }

        return SendFragmentsAsync(WebSocketMessageType.Text, payloads);
    }

    /// <summary>Sends one message in several frames, each in a write of its own.</summary>
    /// <param name="type">Text or binary.</param>
    /// <param name="fragments">The fragments' payloads, at least one; each may be empty. Text may be cut within a character.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public async Task SendFragmentsAsync(WebSocketMessageType type, params byte[][] fragments)
    {
        ArgumentNullException.ThrowIfNull(fragments);
        ArgumentOutOfRangeException.ThrowIfZero(fragments.Length);
        for (var i = 0; i < fragments.Length; i++)
        {
            await SendFrameAsync(new TestFrame
            {
                Fin = i == fragments.Length - 1,
                Opcode = i > 0 ? FrameOpcode.Continuation : type == WebSocketMessageType.Text ? FrameOpcode.Text : FrameOpcode.Binary,
                Payload = fragments[i],
            }).ConfigureAwait(false);
        }
    }

    /// <summary>Sends a ping.</summary>
    /// <param name="data">The payload; default empty.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendPingAsync(ReadOnlySpan<byte> data = default) => SendFrameAsync(TestFrame.Ping(data));

    /// <summary>Sends a pong, asked for or not.</summary>
    /// <param name="data">The payload; default empty.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendPongAsync(ReadOnlySpan<byte> data = default) => SendFrameAsync(TestFrame.Pong(data));

    /// <summary>Sends a close frame without a code.</summary>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendCloseAsync() => SendFrameAsync(TestFrame.Close());

    /// <summary>
    /// Sends a close frame, and nothing else; <see cref="CloseAsync(WebSocketCloseStatus, string)"/> does the whole closing handshake.
    /// </summary>
    /// <param name="code">The code, legal or not.</param>
    /// <param name="reason">The reason; default none.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendCloseAsync(int code, string reason = "") => SendFrameAsync(TestFrame.Close(code, reason));

    /// <inheritdoc cref="SendCloseAsync(int, string)"/>
    public Task SendCloseAsync(WebSocketCloseStatus code, string reason = "") => SendFrameAsync(TestFrame.Close(code, reason));

    /// <summary>Sends a frame, legal or not.</summary>
    /// <param name="frame">The frame.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendFrameAsync(TestFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        _closeSent |= frame.Opcode == FrameOpcode.Close;
        return WriteAsync(frame.ToBytes(), $"sent {frame}");
    }

    /// <summary>Sends several frames in one write.</summary>
    /// <param name="frames">The frames, legal or not.</param>
    /// <exception cref="ExpectationFailedException">The server did not take them within the time limit.</exception>
    public Task SendFramesAsync(params TestFrame[] frames)
    {
        ArgumentNullException.ThrowIfNull(frames);
        _closeSent |= frames.Any(frame => frame.Opcode == FrameOpcode.Close);
        return WriteAsync([.. frames.SelectMany(frame => frame.ToBytes())], $"sent at once {string.Join<TestFrame>("; ", frames)}");
    }

    /// <summary>Sends bytes as they are, in one write.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="ExpectationFailedException">The server did not take them within the time limit.</exception>
    public Task SendRawAsync(ReadOnlySpan<byte> bytes) =>
        WriteAsync(bytes.ToArray(), $"sent raw {FrameText.Payload(bytes, isText: false)}");

    /// <summary>Sends bytes as they are, each in a write of its own, so that a server meets them at every split.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <exception cref="ExpectationFailedException">The server did not take them within the time limit.</exception>
    public Task SendByteByByteAsync(ReadOnlySpan<byte> bytes) =>
        WriteAsync(bytes.ToArray(), $"sent byte by byte {FrameText.Payload(bytes, isText: false)}", writeSize: 1);

    /// <summary>Sends a frame, each byte in a write of its own.</summary>
    /// <param name="frame">The frame.</param>
    /// <exception cref="ExpectationFailedException">The server did not take it within the time limit.</exception>
    public Task SendByteByByteAsync(TestFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        _closeSent |= frame.Opcode == FrameOpcode.Close;
        return WriteAsync(frame.ToBytes(), $"sent byte by byte {frame}", writeSize: 1);
    }

    private async Task WriteAsync(byte[] bytes, string what, int writeSize = int.MaxValue)
    {
        _conversation.Note(what);
        var limit = new TimeLimit(Timeout);
        try
        {
            // A write that is given up goes on and keeps its turn, so that no later send gets into the middle of it.
            await WriteInTurnAsync(bytes, writeSize).WaitAsync(limit.Remaining).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw Failure(
                $"the server to take {bytes.Length} bytes",
                $"a full transport: they could not be sent within {TimeLimit.InWords(limit.Limit)}");
        }
    }

    private async Task WriteInTurnAsync(ReadOnlyMemory<byte> bytes, int writeSize)
    {
        await _sending.WaitAsync().ConfigureAwait(false);
        try
        {
            while (!bytes.IsEmpty)
            {
                var count = Math.Min(bytes.Length, writeSize);
                await _transport.WriteAsync(bytes[..count]).ConfigureAwait(false);
                bytes = bytes[count..];
            }
        }
        finally
        {
            _sending.Release();
        }
    }
}
