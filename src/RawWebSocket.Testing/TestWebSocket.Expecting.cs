using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace RawWebSocket.Testing;

/// <content>
/// What a test can expect. Each waits for at most <see cref="Timeout"/>. Those for messages, the close and the end pass over pings,
/// answering them, and over pongs; <see cref="ExpectFrameAsync()"/> shows every frame.
/// </content>
public sealed partial class TestWebSocket
{
    /// <summary>Waits for the next message, text or binary, whole.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<TestMessage> ExpectMessageAsync() => await ExpectMessageAsync("a message").ConfigureAwait(false);

    /// <summary>Waits for the next message, which must be text, and returns it.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<string> ExpectTextAsync() =>
        (await ExpectMessageAsync("a text message", WebSocketMessageType.Text).ConfigureAwait(false)).Text;

    /// <summary>Waits for the next message, which must be this text.</summary>
    /// <param name="expected">The text.</param>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public Task ExpectTextAsync(string expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        return ExpectMessageAsync(new TestMessage(WebSocketMessageType.Text, Encoding.UTF8.GetBytes(expected), Fragments: 1));
    }

    /// <summary>Waits for the next message, which must be binary, and returns its payload.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<byte[]> ExpectBinaryAsync() =>
        (await ExpectMessageAsync("a binary message", WebSocketMessageType.Binary).ConfigureAwait(false)).Payload.ToArray();

    /// <summary>Waits for the next message, which must be binary with this payload.</summary>
    /// <param name="expected">The payload.</param>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public Task ExpectBinaryAsync(ReadOnlySpan<byte> expected) =>
        ExpectMessageAsync(new TestMessage(WebSocketMessageType.Binary, expected.ToArray(), Fragments: 1));

    /// <summary>Waits for the next message, which must be text, and reads it as JSON.</summary>
    /// <typeparam name="T">What the JSON describes.</typeparam>
    /// <param name="options">How to read it; by default as the web does (<see cref="JsonSerializerOptions.Web"/>).</param>
    /// <exception cref="ExpectationFailedException">
    /// Something else came, JSON of another shape, <c>null</c>, or nothing within the time limit.
    /// </exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<T> ExpectJsonAsync<T>(JsonSerializerOptions? options = null)
    {
        var expected = $"a text message with JSON for {typeof(T).Name}";
        var message = await ExpectMessageAsync(expected, WebSocketMessageType.Text).ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize<T>(message.Payload.Span, options ?? JsonSerializerOptions.Web)
                ?? throw Failure(expected, message.ToString());
        }
        catch (JsonException exception)
        {
            throw Failure(expected, message.ToString(), exception);
        }
    }

    /// <summary>Waits for the next frame, whatever it is; nothing is passed over or answered.</summary>
    /// <exception cref="ExpectationFailedException">The transport ended, or nothing came within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<TestFrame> ExpectFrameAsync() => await ExpectNextFrameAsync("a frame").ConfigureAwait(false);

    /// <summary>Waits for the next frame, which must equal this one; nothing is passed over or answered.</summary>
    /// <param name="expected">The frame. How it is coded does not count.</param>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task ExpectFrameAsync(TestFrame expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        var frame = await ExpectNextFrameAsync($"a frame: {expected}").ConfigureAwait(false);
        if (frame != expected)
        {
            throw Failure($"a frame: {expected}", frame.ToString());
        }
    }

    /// <summary>Waits for the next frame, which must be a ping, and returns its payload; answers it as the other expectations do.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<byte[]> ExpectPingAsync()
    {
        var frame = await ExpectNextFrameAsync("a ping").ConfigureAwait(false);
        if (frame.Opcode != FrameOpcode.Ping)
        {
            throw Failure("a ping", frame.ToString());
        }

        await AnswerPingAsync(frame).ConfigureAwait(false);
        return frame.Payload.ToArray();
    }

    /// <summary>Waits for the next frame that is not a ping, which must be a pong, and returns its payload.</summary>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public async Task<byte[]> ExpectPongAsync() => (await ExpectPongFrameAsync("a pong").ConfigureAwait(false)).Payload.ToArray();

    /// <summary>Waits for the next frame that is not a ping, which must be a pong with this payload.</summary>
    /// <param name="expected">The payload.</param>
    /// <exception cref="ExpectationFailedException">Something else came, or nothing within the time limit.</exception>
    /// <exception cref="ServerViolationException">The server sent what RFC 6455 forbids.</exception>
    public Task ExpectPongAsync(ReadOnlySpan<byte> expected) => ExpectPongAsync(TestFrame.Pong(expected));

    private async Task ExpectPongAsync(TestFrame expected)
    {
        var frame = await ExpectPongFrameAsync(expected.ToString()).ConfigureAwait(false);
        if (frame != expected)
        {
            throw Failure(expected.ToString(), frame.ToString());
        }
    }

    private async Task<TestFrame> ExpectPongFrameAsync(string expected)
    {
        var limit = new TimeLimit(Timeout);
        while (true)
        {
            var frame = await NextFrameAsync(expected, limit).ConfigureAwait(false) ?? throw Failure(expected, EndInWords());
            if (frame.Opcode == FrameOpcode.Pong)
            {
                return frame;
            }

            if (frame.Opcode != FrameOpcode.Ping)
            {
                throw Failure(expected, frame.ToString());
            }

            await AnswerPingAsync(frame).ConfigureAwait(false);
        }
    }

    private async Task ExpectMessageAsync(TestMessage expected)
    {
        var message = await ExpectMessageAsync($"a {expected}", expected.Type).ConfigureAwait(false);
        if (!message.Payload.Span.SequenceEqual(expected.Payload.Span))
        {
            throw Failure($"a {expected}", $"a {message}");
        }
    }

    private async Task<TestMessage> ExpectMessageAsync(string expected, WebSocketMessageType? type = null)
    {
        var next = await NextAsync(expected, new TimeLimit(Timeout)).ConfigureAwait(false);
        return next.Message is { } message && (type is null || message.Type == type) ? message : throw Failure(expected, next.ToString());
    }

    private async Task<TestFrame> ExpectNextFrameAsync(string expected) =>
        await NextFrameAsync(expected, new TimeLimit(Timeout)).ConfigureAwait(false) ?? throw Failure(expected, EndInWords());
}
