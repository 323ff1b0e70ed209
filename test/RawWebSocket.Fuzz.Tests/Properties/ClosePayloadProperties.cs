using System.Net.WebSockets;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Protocol;

namespace RawWebSocket.Fuzz.Tests.Properties;

public class ClosePayloadProperties
{
    private static readonly Gen<ClosePayload> Sendable =
        from code in Gen.Choose(1000, 4999).Where(CloseModel.MayBeSent)
        from runes in Gen.Choose(0, 0x10FFFF).Where(static value => Rune.IsValid(value)).ListOf(30)
        select new ClosePayload((WebSocketCloseStatus)code, string.Concat(runes.Select(static value => new Rune(value).ToString())));

    [Fact]
    public void What_is_written_is_read_again() => Property.ForAll(Sendable, static close =>
    {
        Span<byte> payload = stackalloc byte[FrameHeader.MaxControlPayload];
        return ClosePayload.Read(payload[..close.Write(payload)], out var read) is null && read == close;
    });

    [Fact]
    public void A_payload_is_refused_for_what_the_model_refuses_it() => Property.ForAll(
        Property.Bytes(FrameHeader.MaxControlPayload),
        static payload => ClosePayload.Read(payload, out _) == CloseModel.FaultOf(payload));
}
