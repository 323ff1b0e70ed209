using System.Buffers;

namespace RawWebSocket.Compression;

/// <summary>How the messages of a connection are compressed (RFC 7692 section 7.2.1).</summary>
/// <remarks>
/// Thread-safe, but what is compressed must reach the peer in the order in which it was compressed, all of it: its window follows.
/// </remarks>
/// <param name="pools">Where compressors come from.</param>
/// <param name="settings">How they compress.</param>
internal abstract class OutgoingCompression(ZlibPools pools, DeflateSettings settings)
{
    /// <summary>Whoever has the same can be sent what was compressed once for all.</summary>
    public DeflateSettings Settings => settings;

    protected ZlibPools Pools => pools;

    /// <summary>Messages of fewer bytes are not compressed.</summary>
    public int MinimumSize { get; init; }

    /// <summary>How much has been compressed since the last flush began, in bytes; for the send queue, which counts that.</summary>
    public int Unflushed { get; set; }

    /// <summary>
    /// Asked once before each message that may be compressed: whether that is worth its while. All fragments of a message go one way.
    /// </summary>
    /// <param name="length">Of the message, or of its first fragment.</param>
    /// <param name="isWhole">Whether it is the message.</param>
    public virtual bool IsWorthwhile(long length, bool isWhole) => true;

    /// <summary>Compresses a fragment, or a whole message. Who takes the outcome disposes of it.</summary>
    public abstract CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal);

    /// <summary>
    /// Compresses a fragment, or a whole message, so that it refers to nothing before it. Who takes the outcome disposes of it.
    /// </summary>
    public CompressedPayload CompressAlone(in ReadOnlySequence<byte> payload, bool isFinal)
    {
        var output = new CompressedPayload();
        var deflater = pools.RentDeflater(settings);
        deflater.Deflate(payload, isFinal, ContextAfter.Forgotten, output);
        pools.Return(deflater);
        return output;
    }

    /// <summary>
    /// A compressed message goes to the peer that was not compressed here: it moves the peer's window, so nothing before it may be referred
    /// to any more.
    /// </summary>
    public virtual void Forget()
    {
    }

    /// <summary>To be called about once a second: gives back what is held and has not been used for a while.</summary>
    public virtual void Park()
    {
    }

    /// <summary>Gives back all that is held, at the end of the connection, once nothing is compressed any more.</summary>
    public virtual void Release()
    {
    }
}
