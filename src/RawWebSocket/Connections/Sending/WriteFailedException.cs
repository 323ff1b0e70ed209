namespace RawWebSocket.Connections.Sending;

/// <summary>
/// Writing to the transport's output threw, so that part of a frame may stand there. No further byte may follow it: the peer would take
/// that for the frame's payload. Thrown and caught inside of the <see cref="SendQueue"/> only.
/// </summary>
/// <param name="cause">What the output threw.</param>
internal sealed class WriteFailedException(Exception cause) : Exception("Writing to the transport failed.", cause)
{
    /// <summary>What the output threw.</summary>
    public Exception Cause { get; } = cause;
}
