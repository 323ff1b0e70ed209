using RawWebSocket.Testing.Frames;

namespace RawWebSocket.Testing;

/// <content>Where every expectation gets its frames and its words.</content>
public sealed partial class TestWebSocket
{
    /// <summary>What an expectation that passes over pings and pongs meets: a message, the close, or the end of the transport.</summary>
    private readonly record struct Met(TestMessage? Message, TestClose? Close, string? EndInWords)
    {
        public bool IsEnd => EndInWords is not null;

        public override string ToString() => Message is not null ? $"a {Message}" : Close is not null ? $"a {Close}" : EndInWords!;
    }

    private async Task<Met> NextAsync(string expected, TimeLimit limit, CancellationToken cancellationToken = default)
    {
        while (await NextFrameAsync(expected, limit, cancellationToken).ConfigureAwait(false) is { } frame)
        {
            switch (frame.Opcode)
            {
                case FrameOpcode.Ping:
                    await AnswerPingAsync(frame).ConfigureAwait(false);
                    break;
                case FrameOpcode.Pong:
                    break;
                case FrameOpcode.Close:
                    return new Met(null, _closeReceived, null);
                default:
                    if (_lastMessage is { } message)
                    {
                        return new Met(message, null, null);
                    }

                    break;
            }
        }

        return new Met(null, null, EndInWords());
    }

    private async Task<TestFrame?> NextFrameAsync(string expected, TimeLimit limit, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _expecting, 1) == 1)
        {
            throw new InvalidOperationException("Another expectation is still waiting. Await it first.");
        }

        try
        {
            var frame = await _reader.ReadAsync(limit, cancellationToken).ConfigureAwait(false);
            Take(frame);
            return frame;
        }
        catch (TimeoutException)
        {
            throw Failure(expected, $"nothing came within {TimeLimit.InWords(limit.Limit)}; the connection is still open");
        }
        finally
        {
            Volatile.Write(ref _expecting, 0);
        }
    }

    private void Take(TestFrame? frame)
    {
        _lastMessage = null;
        if (frame is null)
        {
            return;
        }

        _conversation.Note($"received {frame}");
        _lastMessage = _assembler.Add(frame);
        if (frame.Opcode == FrameOpcode.Close)
        {
            _closeReceived = FrameText.CloseOf(frame);
        }
    }

    private Task AnswerPingAsync(TestFrame ping) => _autoPong ? SendPongAsync(ping.Payload.Span) : Task.CompletedTask;

    private string EndInWords()
    {
        var how = _transport.End == TransportEnd.Reset ? "the server reset the transport" : "the server ended the transport";
        var where = (_reader.UnfinishedBytes, _assembler.InMessage) switch
        {
            ( > 0, _) => $" in the middle of a frame, after {_reader.UnfinishedBytes} of its bytes",
            (_, true) => " in the middle of a message",
            _ => "",
        };
        return _transport.ApplicationException is { } exception
            ? $"{how}{where}, because the application threw {exception.GetType().Name}: {exception.Message}"
            : how + where;
    }

    private ExpectationFailedException Failure(string expected, string met, Exception? innerException = null) => new(
        $"Expected {expected}, but met {met}.{Environment.NewLine}{_conversation}", innerException ?? _transport.ApplicationException);
}
