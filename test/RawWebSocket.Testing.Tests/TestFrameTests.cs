namespace RawWebSocket.Testing.Tests;

public class TestFrameTests
{
    [Fact]
    public void A_frame_is_masked_with_its_key() =>
        (TestFrame.Text("Hello") with { MaskingKey = 0x37FA213D }).ToBytes()
            .ShouldBe([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58]); // RFC 6455 section 5.7

    [Fact]
    public void A_frame_may_be_unmasked() => (TestFrame.Text("Hello") with { Masked = false }).ToBytes().ShouldBe([0x81, 5, .. "Hello"u8]);

    [Fact]
    public void Every_bit_of_the_first_byte_can_be_chosen() =>
        new TestFrame { Fin = false, Rsv1 = true, Rsv2 = true, Rsv3 = true, Opcode = (FrameOpcode)0xB, Masked = false }.ToBytes()
            .ShouldBe([0x7B, 0]);

    [Theory]
    [InlineData(FrameLengthEncoding.Minimal, new byte[] { 0x82, 1, 7 })]
    [InlineData(FrameLengthEncoding.SevenBits, new byte[] { 0x82, 1, 7 })]
    [InlineData(FrameLengthEncoding.SixteenBits, new byte[] { 0x82, 126, 0, 1, 7 })]
    [InlineData(FrameLengthEncoding.SixtyFourBits, new byte[] { 0x82, 127, 0, 0, 0, 0, 0, 0, 0, 1, 7 })]
    public void The_lengths_encoding_can_be_chosen(FrameLengthEncoding encoding, byte[] bytes) =>
        (TestFrame.Binary([7]) with { Masked = false, LengthEncoding = encoding }).ToBytes().ShouldBe(bytes);

    [Fact]
    public void The_declared_length_may_differ_from_the_payloads() =>
        (TestFrame.Binary([7]) with { Masked = false, DeclaredLength = ulong.MaxValue }).ToBytes()
            .ShouldBe([0x82, 127, 255, 255, 255, 255, 255, 255, 255, 255, 7]);

    [Fact]
    public void A_length_that_does_not_fit_its_encoding_is_a_mistake_of_the_test()
    {
        var frame = TestFrame.Binary(new byte[126]) with { LengthEncoding = FrameLengthEncoding.SevenBits };
        Should.Throw<InvalidOperationException>(frame.ToBytes);
    }

    [Fact]
    public void Frames_are_equal_when_they_say_the_same()
    {
        var frame = TestFrame.Text("a");
        frame.ShouldBe(TestFrame.Text("a"u8) with { Masked = false, LengthEncoding = FrameLengthEncoding.SevenBits });
        frame.ShouldNotBe(TestFrame.Text("b"));
        frame.ShouldNotBe(frame with { Fin = false });
        frame.ShouldNotBe(frame with { Rsv1 = true });
        frame.ShouldNotBe(frame with { Opcode = FrameOpcode.Binary });
    }

    [Fact]
    public void A_frame_describes_itself()
    {
        TestFrame.Text("hello").ToString().ShouldBe("text, 5 bytes: \"hello\"");
        (TestFrame.Text("") with { Fin = false }).ToString().ShouldBe("text, first fragment, empty");
        TestFrame.Continuation("x").ToString().ShouldBe("continuation, last fragment, 1 byte: 78");
        (TestFrame.Continuation("") with { Fin = false }).ToString().ShouldBe("continuation, not the last fragment, empty");
        TestFrame.Binary(new byte[1000]).ToString().ShouldStartWith("binary, 1,000 bytes: 00 00 00");
        TestFrame.Binary(new byte[1000]).ToString().ShouldEndWith("00…");
        TestFrame.Close(4001, "why").ToString().ShouldBe("close, 4001 (no name) \"why\"");
        TestFrame.Close().ToString().ShouldBe("close, empty");
        (TestFrame.Ping([1]) with { Rsv3 = true, DeclaredLength = 9 }).ToString().ShouldBe("ping, RSV3, declared length 9, 1 byte: 01");
        new TestFrame { Opcode = (FrameOpcode)5 }.ToString().ShouldBe("opcode 0x5, empty");
    }
}
