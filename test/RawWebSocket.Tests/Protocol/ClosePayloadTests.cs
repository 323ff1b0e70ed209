using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Protocol;

namespace RawWebSocket.Tests.Protocol;

public class ClosePayloadTests
{
    [Fact]
    public void An_empty_payload_is_read_as_1005()
    {
        ClosePayload.Read([], out var close).ShouldBeNull();
        close.ShouldBe(new ClosePayload((WebSocketCloseStatus)1005, ""));
    }

    [Fact]
    public void One_byte_is_too_short() => ClosePayload.Read([0x03], out _).ShouldBe(ProtocolFault.ClosePayloadTooShort);

    [Fact]
    public void Of_all_codes_only_those_that_may_be_sent_are_read()
    {
        for (var code = 0; code <= ushort.MaxValue; code++)
        {
            // RFC 6455 section 7.4 and IANA's registry.
            var isRight = code is 1000 or 1001 or 1002 or 1003 or 1007 or 1008 or 1009 or 1010 or 1011 or 1012 or 1013 or 1014
                or (>= 3000 and <= 4999);
            var fault = ClosePayload.Read([(byte)(code >> 8), (byte)code], out var close);

            if (fault != (isRight ? null : ProtocolFault.CloseCodeReserved)
                || close != (isRight ? new ClosePayload((WebSocketCloseStatus)code, "") : ClosePayload.Empty)
                || ClosePayload.MayBeSent((WebSocketCloseStatus)code) != isRight)
            {
                Assert.Fail($"{code}: {fault}, {close}");
            }
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65536 + 1000)]
    public void A_code_of_more_than_16_bits_may_not_be_sent(int code) => ClosePayload.MayBeSent((WebSocketCloseStatus)code).ShouldBeFalse();

    [Fact]
    public void The_reason_is_read_as_utf8()
    {
        ClosePayload.Read([0x03, 0xE8, .. "tschüß 🌍"u8], out var close).ShouldBeNull();
        close.ShouldBe(new ClosePayload(WebSocketCloseStatus.NormalClosure, "tschüß 🌍"));
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("c3")]
    [InlineData("41f09f8c")]
    [InlineData("eda080")]
    public void A_reason_that_is_not_utf8_is_a_fault(string hex) =>
        ClosePayload.Read([0x03, 0xE8, .. Convert.FromHexString(hex)], out _).ShouldBe(ProtocolFault.CloseReasonNotUtf8);

    [Fact]
    public void The_code_is_judged_before_the_reason() =>
        ClosePayload.Read([0x03, 0xED, 0xFF], out _).ShouldBe(ProtocolFault.CloseCodeReserved);

    [Theory]
    [InlineData(1000, "", "03e8")]
    [InlineData(1001, "bye", "03e9627965")]
    [InlineData(4999, "ü", "1387c3bc")]
    [InlineData(1005, "", "")]
    [InlineData(1005, "never seen", "")]
    public void It_is_written_as_the_code_and_then_the_reason_and_1005_as_nothing(int code, string reason, string hex)
    {
        var bytes = new byte[FrameHeader.MaxControlPayload];
        var length = new ClosePayload((WebSocketCloseStatus)code, reason).Write(bytes);
        Convert.ToHexStringLower(bytes, 0, length).ShouldBe(hex);
    }

    [Theory]
    [InlineData("a", 123)]
    [InlineData("€", 41)]
    public void The_longest_reason_just_fits_into_a_control_frame(string character, int count)
    {
        var reason = string.Concat(Enumerable.Repeat(character, count));
        Encoding.UTF8.GetByteCount(reason).ShouldBe(ClosePayload.MaxReasonBytes);

        var bytes = new byte[FrameHeader.MaxControlPayload];
        new ClosePayload(WebSocketCloseStatus.NormalClosure, reason).Write(bytes).ShouldBe(125);
        ClosePayload.Read(bytes, out var close).ShouldBeNull();
        close.Reason.ShouldBe(reason);
    }
}
