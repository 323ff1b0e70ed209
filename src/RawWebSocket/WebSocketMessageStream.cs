using System.Net.WebSockets;

namespace RawWebSocket;

/// <summary>
/// A message read piece by piece as it arrives, so that it is never held whole. Reading returns 0 at the message's end.
/// </summary>
/// <remarks>
/// Got from <see cref="WebSocketConnection.ReceiveStreamAsync"/>; used by one reader at a time. Disposing it early discards the rest
/// of the message. When the connection ends inside the message, a read throws <see cref="IOException"/>, because the bytes read so
/// far are not the message. A cancelled read leaves the message and the connection as they were. Read-only, no seeking.
/// </remarks>
public abstract class WebSocketMessageStream : Stream
{
    /// <summary>Text or binary. Text is checked to be UTF-8 as it arrives; a character may be split between two reads.</summary>
    public abstract WebSocketMessageType MessageType { get; }

    /// <inheritdoc/>
    public sealed override bool CanRead => true;

    /// <inheritdoc/>
    public sealed override bool CanSeek => false;

    /// <inheritdoc/>
    public sealed override bool CanWrite => false;

    /// <inheritdoc/>
    public sealed override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public sealed override void Flush()
    {
    }

    /// <summary>Not supported: a blocked thread would hold up the connection that feeds it.</summary>
    /// <exception cref="NotSupportedException">Always; use <c>ReadAsync</c>.</exception>
    public sealed override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("Read this message with ReadAsync.");

    /// <inheritdoc/>
    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public abstract override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <inheritdoc/>
    public sealed override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
