using System.Buffers.Binary;
using System.Net.WebSockets;

namespace RawWebSocket.Benchmarks.Loading;

/// <summary>Compares every byte of an echo with what it must be. A server may send a message in fragments.</summary>
internal sealed class EchoReader(ClientFrames expected) : IAnswerReader
{
    private const int Final = 0x80;
    private const int Rsv1 = 0x40;

    private readonly byte[] _header = new byte[10];
    private int _headerLength;
    private bool _inPayload;
    private long _frameLeft;
    private int _messageLength;
    private int _next;
    private bool _inMessage;

    public int Read(ReadOnlySpan<byte> bytes)
    {
        var ended = 0;
        while (true)
        {
            if (!_inPayload && !TryReadHeader(ref bytes))
            {
                return ended;
            }

            var length = (int)Math.Min(_frameLeft, bytes.Length);
            Compare(bytes[..length]);
            bytes = bytes[length..];
            _frameLeft -= length;
            if (_frameLeft > 0)
            {
                return ended;
            }

            _inPayload = false;
            ended += EndFrame() ? 1 : 0;
        }
    }

    private bool TryReadHeader(ref ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            _header[_headerLength++] = bytes[0];
            bytes = bytes[1..];
            if (_headerLength < 2 || _headerLength < HeaderSize)
            {
                continue;
            }

            _frameLeft = _header[1] switch
            {
                126 => BinaryPrimitives.ReadUInt16BigEndian(_header.AsSpan(2)),
                127 => BinaryPrimitives.ReadInt64BigEndian(_header.AsSpan(2)),
                var length => length,
            };
            _headerLength = 0;
            _inPayload = true;
            CheckFirstByte();
            return true;
        }

        return false;
    }

    private byte[] Payload => expected.Messages[_next];

    // A mask bit makes the length more than 127, and so the header wrong.
    private int HeaderSize => _header[1] switch { 126 => 4, 127 => 10, > 127 => throw Wrong("masked"), _ => 2 };

    private void CheckFirstByte()
    {
        var opcode = _inMessage ? 0 : expected.Type == WebSocketMessageType.Text ? 1 : 2;
        var rsv = expected.IsCompressed && !_inMessage ? Rsv1 : 0;
        if ((_header[0] & ~Final) != (opcode | rsv))
        {
            throw Wrong($"a frame that begins with {_header[0]:X2}");
        }

        _inMessage = true;
    }

    // What is compressed is not looked into: that would cost more than the server's own work.
    private void Compare(ReadOnlySpan<byte> bytes)
    {
        if (!expected.IsCompressed
            && (bytes.Length > Payload.Length - _messageLength
                || !bytes.SequenceEqual(Payload.AsSpan(_messageLength, bytes.Length))))
        {
            throw Wrong("other bytes");
        }

        _messageLength += bytes.Length;
    }

    private bool EndFrame()
    {
        if ((_header[0] & Final) == 0)
        {
            return false;
        }

        if (!expected.IsCompressed && _messageLength != Payload.Length)
        {
            throw Wrong($"a message of {_messageLength} bytes");
        }

        _messageLength = 0;
        _next = (_next + 1) % expected.Messages.Count;
        _inMessage = false;
        return true;
    }

    private static InvalidDataException Wrong(string what) => new($"The server sent {what} instead of what it was sent.");
}
