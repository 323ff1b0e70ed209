using RawWebSocket.Testing.Transports;

namespace RawWebSocket.Testing.Frames;

/// <summary>
/// The server's frames one by one. Reads from the transport only when asked, so that a test that does not look holds the server back
/// as a slow client would. A wait that is given up loses nothing. One call at a time.
/// </summary>
internal sealed class FrameReader(Transport transport, FrameRules rules)
{
    private Task<bool>? _filling;

    /// <summary>How many bytes of an unfinished frame have come.</summary>
    public int UnfinishedBytes => transport.Buffer.Unread.Length;

    /// <summary>The next frame, or null when the transport has ended.</summary>
    /// <exception cref="TimeoutException">None came in time.</exception>
    public async Task<TestFrame?> ReadAsync(TimeLimit limit, CancellationToken cancellationToken)
    {
        TestFrame? frame;
        while (!FrameDecoder.TryDecode(transport.Buffer, rules, out frame))
        {
            // Left behind by a wait that was given up: the same read still fills the buffer.
            _filling ??= FillAsync();
            var filled = await _filling.WaitAsync(limit.Remaining, cancellationToken).ConfigureAwait(false);
            _filling = null;
            if (!filled)
            {
                return null;
            }
        }

        rules.Accept(frame);
        return frame;
    }

    private async Task<bool> FillAsync()
    {
        var count = await transport.ReadAsync(transport.Buffer.Room()).ConfigureAwait(false);
        transport.Buffer.Received(count);
        return count > 0;
    }
}
