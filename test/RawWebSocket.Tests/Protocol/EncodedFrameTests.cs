using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;

namespace RawWebSocket.Tests.Protocol;

public class EncodedFrameTests
{
    [Fact]
    public void A_text_becomes_the_rfcs_unmasked_frame() =>
        Convert.ToHexStringLower(EncodedFrame.Text("Hello").Bytes.Span).ShouldBe("810548656c6c6f");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(1024)]
    [InlineData(1025)]
    [InlineData(65535)]
    [InlineData(65536)]
    [InlineData(200_000)]
    public void Text_utf8_and_binary_carry_their_payload_at_every_length(int length)
    {
        var text = new string('x', length);
        var bytes = new byte[length];
        Array.Fill(bytes, (byte)'x');

        ShouldBe(EncodedFrame.Text(text), 0x81, bytes);
        ShouldBe(EncodedFrame.Text(bytes), 0x81, bytes);
        ShouldBe(EncodedFrame.Binary(bytes), 0x82, bytes);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(42)]
    [InlineData(400)]
    [InlineData(22_000)]
    public void Characters_of_several_bytes_are_counted_in_bytes(int count)
    {
        var text = new string('€', count);
        ShouldBe(EncodedFrame.Text(text), 0x81, System.Text.Encoding.UTF8.GetBytes(text));
    }

    [Fact]
    public void Binary_may_be_anything() => ShouldBe(EncodedFrame.Binary([0xFF, 0xC0, 0x00]), 0x82, [0xFF, 0xC0, 0x00]);

    [Fact]
    public void What_is_no_text_is_refused()
    {
        Should.Throw<ArgumentException>(() => EncodedFrame.Text("half \uD83C"));
        Should.Throw<ArgumentException>(() => EncodedFrame.Text([0xFF]));
    }

    [Fact]
    public void The_payload_is_a_copy()
    {
        byte[] data = [1, 2, 3];
        var frame = EncodedFrame.Binary(data);
        data[0] = 9;
        frame.Bytes.ToArray().ShouldBe([0x82, 3, 1, 2, 3]);
    }

    private static void ShouldBe(EncodedFrame encoded, byte firstByte, byte[] payload)
    {
        var bytes = new List<byte>(encoded.Bytes.ToArray());
        var frame = ServerFrame.TakeAll(bytes).ShouldHaveSingleItem();
        bytes.ShouldBeEmpty();
        frame.FirstByte.ShouldBe(firstByte);
        frame.Payload.AsSpan().SequenceEqual(payload).ShouldBeTrue();
    }
}
