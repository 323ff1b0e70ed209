using System.IO.Pipelines;

namespace RawWebSocket;

/// <summary>A connection that a transport has handed over (<see cref="IConnectionHandOverFeature"/>); its owner ends it.</summary>
/// <remarks>
/// For authors of transports. Disposing of it, once both halves of the pipe are completed, sends what is left and ends TCP with a FIN. Its
/// members, but for the pipe, may be called by any thread at any time, also after the end.
/// </remarks>
public interface IHandedOverConnection : IAsyncDisposable
{
    /// <summary>
    /// The pipe to the peer. Bytes that its reader has not consumed must stay where they lie, also after
    /// <see cref="PipeReader.AdvanceTo(SequencePosition, SequencePosition)"/>, as they do in the framework's own pipe.
    /// </summary>
    IDuplexPipe Pipe { get; }

    /// <summary>Cancelled when the peer's FIN or RST has come, or after <see cref="Abort"/>. Its callbacks do not run on a loop's thread.</summary>
    CancellationToken Closed { get; }

    /// <summary>How many bytes of what was flushed the peer's side has not acknowledged; null when that cannot be told.</summary>
    long? UntakenBytes { get; }

    /// <summary>Whether bytes of the peer wait in the system that the transport has not read yet.</summary>
    bool HasUnreadInput { get; }

    /// <summary>
    /// Whether what waits for bytes, or for a flush, goes on with the transport's own thread that ends the wait, and not on the thread pool.
    /// What is set holds from the next wait that ends. A transport hands a connection over with what it was told by its user; the library
    /// switches it off for an endpoint whose code blocks (<see cref="RawWebSocketServerOptions.BlockingTime"/>). Only what the transport
    /// does by itself may go on so: a wait that a caller ends, by <see cref="Abort"/> or a cancellation, goes on on the thread pool.
    /// </summary>
    bool RunsInline { get; set; }

    /// <summary>Drops the connection with a reset; a read and a flush under way end.</summary>
    /// <param name="reason">Why, for the transport's log.</param>
    void Abort(string reason);
}
