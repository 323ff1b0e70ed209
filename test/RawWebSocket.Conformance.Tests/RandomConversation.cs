using System.Buffers.Binary;

namespace RawWebSocket.Conformance.Tests;

/// <summary>
/// What a client may say, made from a seed: messages of all sizes, whole and in fragments, control frames anywhere, and at last a close
/// frame or a fault, with something behind it that nobody must look at. And what an echo has to answer.
/// </summary>
internal sealed class RandomConversation
{
    private static readonly int[] Lengths = [0, 0, 1, 7, 64, 125, 126, 127, 1000, 4090, 4096, 16384, 65535, 65536, 70_000];
    private static readonly int[] CodePoints = [0, 'a', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF];
    private static readonly int[] Codes = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999];
    private static readonly int[] ForbiddenCodes = [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535];
    private static readonly byte[][] NotUtf8 = [[0x80], [0xC0], [0xE0, 0x80], [0xED, 0xA0], [0xF4, 0x90], [0xFF], [0xC3, 0x41]];

    private readonly Random _random;
    private readonly List<byte> _sent = [];
    private readonly List<TestFrame> _messages = [];
    private readonly List<TestFrame> _pongs = [];

    public RandomConversation(int seed)
    {
        _random = new Random(seed);
        for (var left = _random.Next(8); left > 0; left--)
        {
            AddControlFrames();
            AddMessage();
        }

        AddControlFrames();
        EndCode = _random.Next(2) == 0 ? AddClose() : AddFault();

        // Not behind long answers: what comes when the server has ended TCP meets a RST, and what TCP has not delivered by then is lost.
        if (_sent.Count < 10_000)
        {
            Send([.. Wire.Text("late"), .. Wire.Ping("late"u8), .. Wire.Close(1000), .. Bytes(100)]);
        }
    }

    /// <summary>The data frames that answer it, in this order.</summary>
    public IReadOnlyList<TestFrame> Messages => _messages;

    /// <summary>The pongs that may answer it, in this order; only the last one must come (section 5.5.3).</summary>
    public IReadOnlyList<TestFrame> Pongs => _pongs;

    /// <summary>The code of the close frame that ends it.</summary>
    public int EndCode { get; }

    /// <summary>The bytes, cut into some pieces.</summary>
    public IEnumerable<byte[]> Pieces()
    {
        var bytes = _sent.ToArray();
        var longest = _random.Next(4) == 0 ? bytes.Length : Math.Max(1, bytes.Length / _random.Next(1, 12));
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(_random.Next(1, longest + 1), bytes.Length - start);
            yield return bytes[start..(start + length)];
            start += length;
        }
    }

    private void AddMessage()
    {
        var isText = _random.Next(2) == 0;
        var payload = isText ? Text() : Bytes(Pick(Lengths));
        var opcode = isText ? 0x01 : 0x02;
        var start = 0;
        for (var fragments = Pick([0, 0, 0, 1, 2, 4, 20]); fragments > 0; fragments--)
        {
            var end = _random.Next(start, payload.Length + 1);
            Send(Frame(opcode, payload[start..end]));
            AddControlFrames();
            (opcode, start) = (0x00, end);
        }

        Send(Frame(0x80 | opcode, payload[start..]));
        _messages.Add(isText ? TestFrame.Text(payload) : TestFrame.Binary(payload));
    }

    private void AddControlFrames()
    {
        while (_random.Next(4) == 0)
        {
            var payload = Bytes(Pick([0, 1, 5, 125]));
            if (_random.Next(3) == 0)
            {
                Send(Frame(0x8A, payload));
            }
            else
            {
                Send(Frame(0x89, payload));
                _pongs.Add(TestFrame.Pong(payload));
            }
        }
    }

    private int AddClose()
    {
        var code = Pick(Codes);
        Send(Frame(0x88, CloseBody(code)));
        return code;
    }

    // In half of the cases inside a message that has begun.
    private int AddFault()
    {
        var isInside = _random.Next(2) == 0;
        if (isInside)
        {
            Send(Frame(0x01, Text()));
            AddControlFrames();
        }

        switch (_random.Next(8))
        {
            case 0:
                Send(Unmasked(Pick([0x81, 0x82, 0x88, 0x89, 0x8A]), Bytes(_random.Next(9))));
                return 1002;
            case 1:
                Send(Frame(Pick([0x81, 0x82, 0x88, 0x89, 0x8A, 0x80]) | Pick([0x10, 0x20, 0x40, 0x70]), Bytes(_random.Next(9))));
                return 1002;
            case 2:
                Send(Frame(Pick([0x00, 0x80]) | Pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]), Bytes(_random.Next(3))));
                return 1002;
            case 3:
                Send(Frame(Pick([0x08, 0x09, 0x0A]), Bytes(_random.Next(3))));
                return 1002;
            case 4:
                Send(Frame(Pick([0x88, 0x89, 0x8A]), Bytes(126)));
                return 1002;
            case 5:
                Send(Frame(isInside ? Pick([0x01, 0x02, 0x81, 0x82]) : Pick([0x00, 0x80]), Bytes(3)));
                return 1002;
            case 6:
                Send(Frame(0x88, CloseBody(Pick(ForbiddenCodes))));
                return 1002;
            default:
                Send(Frame(isInside ? 0x00 : 0x01, Pick(NotUtf8)));
                return 1007;
        }
    }

    private byte[] CloseBody(int code)
    {
        var body = new byte[2 + _random.Next(124)];
        body.AsSpan().Fill((byte)'r');
        BinaryPrimitives.WriteUInt16BigEndian(body, (ushort)code);
        return body;
    }

    private byte[] Text()
    {
        var length = Pick(Lengths);
        var text = new List<byte>(length);
        while (text.Count < length)
        {
            text.AddRange(Utf8Table.Encode(Pick(CodePoints)));
        }

        return [.. text];
    }

    private byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Frame(int first, byte[] payload) => Wire.Frame(first, payload, (uint)_random.NextInt64(1L << 32));

    private static byte[] Unmasked(int first, byte[] payload) => [(byte)first, (byte)payload.Length, .. payload];

    private T Pick<T>(T[] choices) => choices[_random.Next(choices.Length)];

    private void Send(byte[] bytes) => _sent.AddRange(bytes);
}
