using System.Text;

namespace RawWebSocket.Tests.Wire;

/// <summary>A frame as the server sent it, read back by a parser of the tests' own.</summary>
internal sealed record ServerFrame(byte FirstByte, byte[] Payload)
{
    public int Opcode => FirstByte & 0x0F;

    public bool IsFinal => (FirstByte & 0x80) != 0;

    public bool IsControl => Opcode >= 8;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>First byte and payload as text, such as <c>81 Hello</c>.</summary>
    public override string ToString() => $"{FirstByte:x2} {Text}";

    /// <summary>Takes the whole frames from the front of <paramref name="bytes"/>, and leaves what is not whole.</summary>
    public static List<ServerFrame> TakeAll(List<byte> bytes)
    {
        var frames = new List<ServerFrame>();
        var start = 0;
        while (TryRead(bytes, ref start) is { } frame)
        {
            frames.Add(frame);
        }

        bytes.RemoveRange(0, start);
        return frames;
    }

    private static ServerFrame? TryRead(List<byte> bytes, ref int start)
    {
        if (bytes.Count - start < 2)
        {
            return null;
        }

        (bytes[start + 1] & 0x80).ShouldBe(0, "A server does not mask.");
        long length = bytes[start + 1];
        var lengthSize = length switch { 126 => 2, 127 => 8, _ => 0 };
        if (bytes.Count - start < 2 + lengthSize)
        {
            return null;
        }

        if (lengthSize > 0)
        {
            length = 0;
            for (var i = 0; i < lengthSize; i++)
            {
                length = (length << 8) | bytes[start + 2 + i];
            }

            length.ShouldBeGreaterThan(lengthSize == 2 ? 125 : 65535, "The length is to be written in its shortest form.");
        }

        var payload = start + 2 + lengthSize;
        if (bytes.Count - payload < length)
        {
            return null;
        }

        var frame = new ServerFrame(bytes[start], [.. bytes.Skip(payload).Take((int)length)]);
        start = payload + (int)length;
        return frame;
    }
}
