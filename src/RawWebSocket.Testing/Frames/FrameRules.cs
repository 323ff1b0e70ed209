using System.Buffers.Binary;
using System.Text.Unicode;

namespace RawWebSocket.Testing.Frames;

/// <summary>What RFC 6455 asks of the frames a server sends, and of their order. Not thread-safe.</summary>
internal sealed class FrameRules(bool extensionAgreed)
{
    private bool _inMessage;
    private bool _closed;

    /// <summary>The checks that need no payload; changes nothing, so that it may be asked again while the payload still comes.</summary>
    public void CheckHeader(TestFrame header)
    {
        Check(!header.Masked, header, "a server must not mask its frames", "5.1");
        Check(extensionAgreed || !header.Rsv1, header, "RSV1 must be 0 without an extension", "5.2");
        Check(!header.Rsv2 && !header.Rsv3, header, "RSV2 and RSV3 must be 0", "5.2");
        Check(Enum.IsDefined(header.Opcode), header, $"opcode 0x{(int)header.Opcode:X} is reserved", "5.2");
        Check(header.DeclaredLength <= int.MaxValue, header, "a payload this long cannot be meant", "5.2");
        var shortest = FrameLength.Shortest(header.DeclaredLength!.Value);
        Check(header.LengthEncoding == shortest, header, "the length must use the fewest bytes", "5.2");
        if (IsControl(header))
        {
            Check(header.Fin, header, "a control frame must not be fragmented", "5.5");
            Check(header.DeclaredLength <= 125, header, "a control frame must not be longer than 125 bytes", "5.5");
            return;
        }

        var continues = header.Opcode == FrameOpcode.Continuation;
        Check(!_closed, header, "no data frame may follow the close frame", "5.5.1");
        Check(!continues || _inMessage, header, "there is no message to continue", "5.4");
        Check(continues || !_inMessage, header, "the message before it is not finished", "5.4");
    }

    /// <summary>The checks of a whole frame, called once for each, in order.</summary>
    public void Accept(TestFrame frame)
    {
        if (frame.Opcode == FrameOpcode.Close)
        {
            CheckClose(frame);
            _closed = true;
        }
        else if (!IsControl(frame))
        {
            _inMessage = !frame.Fin;
        }
    }

    public static void CheckText(TestMessage message)
    {
        if (!Utf8.IsValid(message.Payload.Span))
        {
            throw new ServerViolationException($"The server broke RFC 6455 section 8.1: the text is not UTF-8. It sent a {message}.");
        }
    }

    private static bool IsControl(TestFrame frame) => ((int)frame.Opcode & 0x8) != 0;

    private void CheckClose(TestFrame frame)
    {
        Check(!_closed, frame, "only one close frame may be sent", "5.5.1");
        if (frame.Payload.IsEmpty)
        {
            return;
        }

        Check(frame.Payload.Length >= 2, frame, "a close code has two bytes", "5.5.1");
        int code = BinaryPrimitives.ReadUInt16BigEndian(frame.Payload.Span);
        var maySend = code is >= 1000 and <= 1003 or >= 1007 and <= 1014 or >= 3000 and <= 4999;
        Check(maySend, frame, $"{code} must not be sent as a close code", "7.4");
        Check(Utf8.IsValid(frame.Payload.Span[2..]), frame, "the close reason must be UTF-8", "5.5.1");
    }

    private static void Check(bool holds, TestFrame frame, string rule, string section)
    {
        if (!holds)
        {
            throw new ServerViolationException($"The server broke RFC 6455 section {section}: {rule}. It sent: {frame}.");
        }
    }
}
