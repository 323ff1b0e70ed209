using System.Buffers;

namespace RawWebSocket.Compression;

/// <summary>
/// Compression without context takeover (RFC 7692 section 7.1.1.1): a compressor is borrowed for a fragment and forgets it, so one of
/// these serves any number of connections, and nothing is held between fragments.
/// </summary>
/// <remarks>Thread-safe. Also right where takeover was agreed: nobody is obliged to refer back.</remarks>
internal sealed class SharedCompression(ZlibPools pools, DeflateSettings settings) : OutgoingCompression(pools, settings)
{
    public override CompressedPayload Compress(in ReadOnlySequence<byte> payload, bool isFinal) => CompressAlone(payload, isFinal);
}
