namespace RawWebSocket.Conformance.Tests;

/// <summary>RFC 6455 section 5.2, what a frame's first byte must not say when no extension was agreed.</summary>
public abstract class Section_5_2_Reserved_bits_and_opcodes(ConformanceServer server) : Conformance(server)
{
    private const int Rsv1 = 0x40;
    private const int Rsv2 = 0x20;
    private const int Rsv3 = 0x10;

    public static TheoryData<int> ReservedOpcodes => [3, 4, 5, 6, 7, 11, 12, 13, 14, 15];

    // RSV1, RSV2, RSV3 "MUST be 0 unless an extension is negotiated that defines meanings for non-zero values."
    [Theory]
    [InlineData(Rsv1)]
    [InlineData(Rsv2)]
    [InlineData(Rsv3)]
    [InlineData(Rsv1 | Rsv2)]
    [InlineData(Rsv1 | Rsv3)]
    [InlineData(Rsv2 | Rsv3)]
    [InlineData(Rsv1 | Rsv2 | Rsv3)]
    public async Task A_reserved_bit_fails_on_every_kind_of_frame(int bits)
    {
        await FailsAsync(1002, Wire.Frame(0x81 | bits, "Hi"u8));
        await FailsAsync(1002, Wire.Frame(0x82 | bits, "Hi"u8));
        await FailsAsync(1002, Wire.Frame(0x88 | bits, [0x03, 0xE8]));
        await FailsAsync(1002, Wire.Frame(0x89 | bits, "Hi"u8));
        await FailsAsync(1002, Wire.Frame(0x8A | bits, "Hi"u8));
    }

    [Theory]
    [InlineData(Rsv1)]
    [InlineData(Rsv2)]
    [InlineData(Rsv3)]
    [InlineData(Rsv1 | Rsv2 | Rsv3)]
    public async Task A_reserved_bit_fails_on_every_fragment(int bits)
    {
        await FailsAsync(1002, Wire.Frame(0x01 | bits, "Hi"u8));
        await FailsAsync(1002, Wire.Frame(0x02 | bits, "Hi"u8));
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Frame(0x00 | bits, "Hi"u8)));
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Frame(0x80 | bits, "Hi"u8)));
    }

    [Theory]
    [InlineData(Rsv1)]
    [InlineData(Rsv2)]
    [InlineData(Rsv3)]
    public async Task A_reserved_bit_fails_on_frames_without_a_payload(int bits)
    {
        foreach (var first in (int[])[0x81, 0x82, 0x88, 0x89, 0x8A])
        {
            await FailsAsync(1002, Wire.Frame(first | bits, []));
        }
    }

    // "If an unknown opcode is received, the receiving endpoint MUST _Fail the WebSocket Connection_."
    [Theory, MemberData(nameof(ReservedOpcodes))]
    public async Task A_reserved_opcode_fails_with_and_without_a_payload(int opcode)
    {
        await FailsAsync(1002, Wire.Frame(0x80 | opcode, []));
        await FailsAsync(1002, Wire.Frame(0x80 | opcode, "Hi"u8));
    }

    [Theory, MemberData(nameof(ReservedOpcodes))]
    public async Task A_reserved_opcode_fails_on_a_fragment(int opcode) => await FailsAsync(1002, Wire.Frame(opcode, "Hi"u8));

    [Theory, MemberData(nameof(ReservedOpcodes))]
    public async Task A_reserved_opcode_fails_between_messages_that_are_answered(int opcode) => await FailsAsync(
        1002,
        Wire.Join(Wire.Text("before"), Wire.Frame(0x80 | opcode, "Hi"u8), Wire.Text("after")),
        TestFrame.Text("before"));

    [Theory, MemberData(nameof(ReservedOpcodes))]
    public async Task A_reserved_opcode_fails_between_fragments(int opcode) =>
        await FailsAsync(1002, Wire.Join(Wire.FirstText("a"u8), Wire.Frame(0x80 | opcode, []), Wire.Last("b"u8)));

    public sealed class InMemory(MemoryServer server) : Section_5_2_Reserved_bits_and_opcodes(server), IClassFixture<MemoryServer>;

    public sealed class OverKestrel(KestrelServer server) : Section_5_2_Reserved_bits_and_opcodes(server), IClassFixture<KestrelServer>;
}
