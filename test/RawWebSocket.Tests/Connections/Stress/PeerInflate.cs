using System.IO.Compression;

namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>
/// What a peer with context takeover makes of compressed messages (RFC 7692 section 7.2.2), with the platform's own decompressor: one
/// stream for all of them.
/// </summary>
internal sealed class PeerInflate : IDisposable
{
    private readonly Feed _feed = new();
    private readonly DeflateStream _inflate;

    public PeerInflate() => _inflate = new DeflateStream(_feed, CompressionMode.Decompress);

    /// <summary>A whole message.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public byte[] Message(ReadOnlySpan<byte> payload) => Part([.. payload, 0, 0, 0xFF, 0xFF]);

    /// <summary>The beginning of a message, or as much of it as can be told already. Nothing may follow.</summary>
    public byte[] Part(ReadOnlySpan<byte> payload)
    {
        _feed.GoOn(payload.ToArray());
        var output = new MemoryStream();
        var room = new byte[32 * 1024];
        for (var read = _inflate.Read(room); read > 0; read = _inflate.Read(room))
        {
            output.Write(room, 0, read);
        }

        return output.ToArray();
    }

    public void Dispose() => _inflate.Dispose();

    /// <summary>A stream that goes on whenever it is given more.</summary>
    private sealed class Feed : Stream
    {
        private byte[] _bytes = [];
        private int _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public void GoOn(byte[] bytes) => (_bytes, _read) = (bytes, 0);

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(count, _bytes.Length - _read);
            Array.Copy(_bytes, _read, buffer, offset, read);
            _read += read;
            return read;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
