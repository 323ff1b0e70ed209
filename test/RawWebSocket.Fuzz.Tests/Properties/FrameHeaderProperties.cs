using FsCheck;
using FsCheck.Fluent;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Tests.Properties;

public class FrameHeaderProperties
{
    private static readonly Gen<long> Lengths = Gen.OneOf(
        Gen.Choose(0, 130).Select(static length => (long)length),
        Gen.Choose(65_000, 66_000).Select(static length => (long)length),
        from high in Gen.Choose(0, int.MaxValue) from low in Gen.Choose(0, int.MaxValue) select ((long)high << 31) | (uint)low);

    private static readonly Gen<(Opcode Opcode, bool IsFinal, long Length)> Headers =
        from opcode in Gen.Elements(Opcode.Continuation, Opcode.Text, Opcode.Binary)
        from isFinal in Gen.Elements(true, false)
        from length in Lengths
        select (opcode, isFinal, length);

    [Fact]
    public void What_a_server_writes_is_what_a_client_would_send_but_for_the_mask() => Property.ForAll(Headers, static expected =>
    {
        Span<byte> written = stackalloc byte[FrameHeader.MaxReadSize];
        var size = FrameHeader.Write(written, expected.Opcode, expected.IsFinal, expected.Length);

        // A key of zeros, and the bit that says so, make a client's header of it.
        written[1] |= 0x80;
        written.Slice(size, 4).Clear();
        return FrameHeader.TryRead(written[..(size + 4)], out var header, out var fault)
            && fault is null
            && (header.Opcode, header.IsFinal, header.PayloadLength) == expected
            && header.Size == size + 4;
    });

    [Fact]
    public void A_header_is_not_read_before_it_is_complete() => Property.ForAll(Headers, static header =>
    {
        var frame = new WireFrame
        {
            FirstByte = (byte)((int)header.Opcode | (header.IsFinal ? WireFrame.Fin : 0)),
            ClaimedLength = (ulong)header.Length,
            Form = WireFrame.FormFor((ulong)header.Length),
        };
        var bytes = new List<byte>();
        frame.WriteTo(bytes);
        return Enumerable.Range(0, bytes.Count).All(count => !FrameHeader.TryRead(bytes.ToArray().AsSpan(0, count), out _, out _));
    });
}
