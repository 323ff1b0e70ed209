using System.Runtime.InteropServices;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class FrameHeaderTests
{
    [Theory]
    [InlineData(0L, 6)]
    [InlineData(1L, 6)]
    [InlineData(125L, 6)]
    [InlineData(126L, 8)]
    [InlineData(127L, 8)]
    [InlineData(0xFFFFL, 8)]
    [InlineData(0x1_0000L, 14)]
    [InlineData(0x1_0000_0000L, 14)]
    [InlineData(long.MaxValue, 14)]
    public void A_header_is_read_when_its_last_byte_is_there_and_not_before(long length, int size)
    {
        byte[] bytes = [.. ClientFrame.Header(ClientFrame.Text, length), 0x12, 0x34, 0x56];

        for (var count = 0; count < size; count++)
        {
            FrameHeader.TryRead(bytes.AsSpan(0, count), out _, out var early).ShouldBeFalse($"{count} bytes");
            early.ShouldBeNull();
        }

        for (var count = size; count <= bytes.Length; count++)
        {
            FrameHeader.TryRead(bytes.AsSpan(0, count), out var header, out var fault).ShouldBeTrue($"{count} bytes");
            fault.ShouldBeNull();
            header.PayloadLength.ShouldBe(length);
            header.Size.ShouldBe(size);
            header.Opcode.ShouldBe(Opcode.Text);
            header.IsFinal.ShouldBeTrue();
            WireOrder(header.MaskingKey).ShouldBe(ClientFrame.Key);
        }
    }

    [Fact]
    public void The_first_two_bytes_show_every_fault_that_they_hold()
    {
        for (var first = 0; first <= 0xFF; first++)
        {
            for (var second = 0; second <= 0xFF; second++)
            {
                var expected = FaultOf((byte)first, (byte)second);
                var read = FrameHeader.TryRead([(byte)first, (byte)second], out _, out var fault);
                if (fault != expected || read != expected is not null)
                {
                    Assert.Fail($"{first:x2} {second:x2}: {fault}, expected {expected}");
                }
            }
        }
    }

    [Theory]
    [InlineData(ClientFrame.Text, "Text", true)]
    [InlineData(ClientFrame.TextStart, "Text", false)]
    [InlineData(ClientFrame.Binary, "Binary", true)]
    [InlineData(ClientFrame.BinaryStart, "Binary", false)]
    [InlineData(ClientFrame.Middle, "Continuation", false)]
    [InlineData(ClientFrame.Last, "Continuation", true)]
    [InlineData(ClientFrame.Close, "Close", true)]
    [InlineData(ClientFrame.Ping, "Ping", true)]
    [InlineData(ClientFrame.Pong, "Pong", true)]
    public void The_first_byte_tells_the_opcode_and_whether_the_frame_is_final(byte first, string opcode, bool isFinal)
    {
        FrameHeader.TryRead(ClientFrame.Header(first, 0), out var header, out _).ShouldBeTrue();
        header.Opcode.ToString().ShouldBe(opcode);
        header.IsFinal.ShouldBe(isFinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    public void A_16_bit_length_that_fits_into_7_bits_is_not_minimal(int length) =>
        FaultOfLength(0xFE, ClientFrame.BigEndian(length)[6..]).ShouldBe(ProtocolFault.LengthNotMinimal);

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(0xFFFF)]
    public void A_64_bit_length_that_fits_into_16_bits_is_not_minimal(long length) =>
        FaultOfLength(0xFF, ClientFrame.BigEndian(length)).ShouldBe(ProtocolFault.LengthNotMinimal);

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1L)]
    [InlineData(long.MinValue + 5)]
    public void A_64_bit_length_has_no_top_bit(long length) =>
        FaultOfLength(0xFF, ClientFrame.BigEndian(length)).ShouldBe(ProtocolFault.LengthTopBit);

    [Theory]
    [InlineData(0L, "8100")]
    [InlineData(1L, "8101")]
    [InlineData(125L, "817d")]
    [InlineData(126L, "817e007e")]
    [InlineData(127L, "817e007f")]
    [InlineData(0xFFFFL, "817effff")]
    [InlineData(0x1_0000L, "817f0000000000010000")]
    [InlineData(long.MaxValue, "817f7fffffffffffffff")]
    public void A_servers_header_is_unmasked_and_as_short_as_can_be(long length, string hex) =>
        Written(Opcode.Text, isFinal: true, length).ShouldBe(hex);

    [Theory]
    [InlineData("Text", true, "8100")]
    [InlineData("Text", false, "0100")]
    [InlineData("Binary", true, "8200")]
    [InlineData("Binary", false, "0200")]
    [InlineData("Continuation", true, "8000")]
    [InlineData("Continuation", false, "0000")]
    [InlineData("Close", true, "8800")]
    [InlineData("Ping", true, "8900")]
    [InlineData("Pong", true, "8a00")]
    public void A_servers_header_carries_the_opcode_and_whether_the_frame_is_final(string opcode, bool isFinal, string hex) =>
        Written(Enum.Parse<Opcode>(opcode), isFinal, 0).ShouldBe(hex);

    [Fact]
    public void The_longest_headers_are_as_long_as_the_constants_say()
    {
        FrameHeader.MaxReadSize.ShouldBe(ClientFrame.Header(ClientFrame.Binary, long.MaxValue).Length);
        FrameHeader.MaxWrittenSize.ShouldBe(FrameHeader.MaxReadSize - 4);
    }

    // RFC 6455 sections 5.1, 5.2 and 5.5, in the order in which the bits stand in the frame.
    private static ProtocolFault? FaultOf(byte first, byte second)
    {
        var opcode = first & 0x0F;
        var isControl = opcode >= 8;
        return (first & 0x70) != 0 ? ProtocolFault.ReservedBits
            : opcode is (> 2 and < 8) or > 10 ? ProtocolFault.ReservedOpcode
            : second < 0x80 ? ProtocolFault.NotMasked
            : isControl && first < 0x80 ? ProtocolFault.ControlFragmented
            : isControl && (second & 0x7F) > 125 ? ProtocolFault.ControlTooLong
            : null;
    }

    private static ProtocolFault? FaultOfLength(byte second, byte[] length)
    {
        byte[] bytes = [ClientFrame.Binary, second, .. length, .. ClientFrame.Key];
        FrameHeader.TryRead(bytes, out _, out var fault).ShouldBeTrue();
        return fault;
    }

    private static string Written(Opcode opcode, bool isFinal, long length)
    {
        var bytes = new byte[FrameHeader.MaxWrittenSize];
        var size = FrameHeader.Write(bytes, opcode, isFinal, length);
        bytes.AsSpan(size).IndexOfAnyExcept((byte)0).ShouldBe(-1, "Nothing is written behind the header.");
        return Convert.ToHexStringLower(bytes, 0, size);
    }

    private static byte[] WireOrder(uint key) => MemoryMarshal.AsBytes([key]).ToArray();
}
