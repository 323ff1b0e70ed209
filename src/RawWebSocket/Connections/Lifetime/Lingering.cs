using System.IO.Pipelines;
using RawWebSocket.Connections.Timing;
using RawWebSocket.Connections.Transports;

namespace RawWebSocket.Connections.Lifetime;

/// <summary>
/// The last moments of a connection whose peer may still be sending. TCP answers bytes that nobody reads any more with
/// a reset, and a reset makes the peer's side throw away what it has not read: the last answers and the close frame
/// (RFC 9112 section 9.6 tells the same of HTTP). So what still comes is read and thrown away until the peer is quiet.
/// </summary>
internal static class Lingering
{
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);

    // Between two reads, so that a peer that floods on is held back by TCP and does not cost the others their processor.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Discards until nothing has come for a moment, the peer has ended, or it has taken too long.</summary>
    /// <param name="input">What is read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="peers">The clock that peers are held to.</param>
    /// <param name="longest">How long the peer may take.</param>
    public static async Task DiscardAsync(PipeReader input, TimeProvider time, PeerClock peers, TimeSpan longest)
    {
        var begunAt = peers.Now;
        try
        {
            while (time.GetElapsedTime(begunAt, peers.Now) < longest
                && await DiscardOnceAsync(input, time, peers).ConfigureAwait(false))
            {
                await Task.Delay(Pause, time).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (Transport.IsDisconnect(exception))
        {
            // The peer has gone; there is nobody left to be patient with.
        }
    }

    /// <summary>Discards until the peer has ended, however long that takes, or the transport is lost.</summary>
    public static async Task DiscardToEndAsync(PipeReader input, TimeProvider time, CancellationToken lost)
    {
        try
        {
            while (!lost.IsCancellationRequested)
            {
                var result = await input.ReadAsync(lost).ConfigureAwait(false);
                var isQuiet = result.Buffer.IsEmpty;
                input.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    return;
                }

                if (!isQuiet)
                {
                    await Task.Delay(Pause, time, lost).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (Transport.IsDisconnect(exception))
        {
            // The stream has been reset, by whichever side.
        }
    }

    // False when the peer was quiet, or has ended.
    private static async Task<bool> DiscardOnceAsync(PipeReader input, TimeProvider time, PeerClock peers)
    {
        var timer = time.CreateTimer(static input => ((PipeReader)input!).CancelPendingRead(), input, Quiet, Timeout.InfiniteTimeSpan);
        await using var disposal = timer.ConfigureAwait(false);
        var begun = time.GetTimestamp();
        var result = await input.ReadAsync().ConfigureAwait(false);
        var hasCome = !result.Buffer.IsEmpty;
        input.AdvanceTo(result.Buffer.End);

        // A moment in which this side could not hear says nothing about the peer; nor does a cancellation that came long before the timer's,
        // which the heartbeat may have meant for the reader before.
        return !result.IsCompleted
            && (!result.IsCanceled || hasCome || peers.IsCatchingUp || time.GetElapsedTime(begun) < Quiet / 2);
    }
}
