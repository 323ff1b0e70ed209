using System.Buffers.Binary;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;

namespace RawWebSocket.Testing.Frames;

/// <summary>Frames in words, for the messages of failed tests.</summary>
internal static class FrameText
{
    private const int LongestText = 80;
    private const int LongestHex = 24;

    public static string Describe(TestFrame frame)
    {
        var text = new StringBuilder(NameOf(frame.Opcode));
        if (!frame.Fin)
        {
            text.Append(frame.Opcode == FrameOpcode.Continuation ? ", not the last fragment" : ", first fragment");
        }
        else if (frame.Opcode == FrameOpcode.Continuation)
        {
            text.Append(", last fragment");
        }

        text.Append(frame.Rsv1 ? ", RSV1" : "").Append(frame.Rsv2 ? ", RSV2" : "").Append(frame.Rsv3 ? ", RSV3" : "");
        if (frame.DeclaredLength is { } declared && declared != (ulong)frame.Payload.Length)
        {
            text.Append(CultureInfo.InvariantCulture, $", declared length {declared}");
        }

        text.Append(", ");
        return frame.Opcode == FrameOpcode.Close && frame.Payload.Length >= 2
            ? text.Append(CloseText(frame.Payload.Span)).ToString()
            : text.Append(Payload(frame.Payload.Span, frame.Opcode == FrameOpcode.Text)).ToString();
    }

    public static string Payload(ReadOnlySpan<byte> payload, bool isText) => payload.Length switch
    {
        0 => "empty",
        1 => $"1 byte: {Beginning(payload, isText)}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{payload.Length:N0} bytes: {Beginning(payload, isText)}"),
    };

    public static TestClose CloseOf(TestFrame frame)
    {
        var payload = frame.Payload.Span;
        return payload.Length < 2
            ? new TestClose(WebSocketCloseStatus.Empty, "")
            : new TestClose((WebSocketCloseStatus)BinaryPrimitives.ReadUInt16BigEndian(payload), Encoding.UTF8.GetString(payload[2..]));
    }

    public static string NameOf(WebSocketCloseStatus code) => (int)code switch
    {
        1006 => "AbnormalClosure",
        1012 => "ServiceRestart",
        1013 => "TryAgainLater",
        1014 => "BadGateway",
        1015 => "TlsHandshake",
        _ => Enum.GetName(code) ?? "no name",
    };

    private static string CloseText(ReadOnlySpan<byte> payload)
    {
        var code = BinaryPrimitives.ReadUInt16BigEndian(payload);
        var name = NameOf((WebSocketCloseStatus)code);
        return $"{code} ({name}) {Beginning(payload[2..], isText: true)}";
    }

    private static string NameOf(FrameOpcode opcode) => opcode switch
    {
        FrameOpcode.Continuation => "continuation",
        FrameOpcode.Text => "text",
        FrameOpcode.Binary => "binary",
        FrameOpcode.Close => "close",
        FrameOpcode.Ping => "ping",
        FrameOpcode.Pong => "pong",
        _ => $"opcode 0x{(int)opcode:X}",
    };

    private static string Beginning(ReadOnlySpan<byte> payload, bool isText)
    {
        var longest = isText ? LongestText : LongestHex;
        var more = payload.Length > longest ? "…" : "";
        payload = payload[..Math.Min(payload.Length, longest)];
        return isText ? $"\"{Encoding.UTF8.GetString(payload)}{more}\"" : BitConverter.ToString(payload.ToArray()).Replace('-', ' ') + more;
    }
}
