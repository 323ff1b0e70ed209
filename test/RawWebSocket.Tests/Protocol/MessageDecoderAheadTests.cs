using System.Buffers;
using System.Text;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Protocol;

/// <summary>Messages that are gathered before anybody has said how the next one is wanted.</summary>
public class MessageDecoderAheadTests
{
    private const int Limit = 10;

    private readonly MessageDecoder _decoder = Decoders.New(Limit);
    private readonly List<ReadOnlyMemory<byte>> _arrived = [];
    private ReadOnlySequence<byte> _input;

    [Fact]
    public void A_message_that_is_gathered_ahead_becomes_whole_by_itself()
    {
        _decoder.Delivery = Delivery.Ahead;
        Arrive([.. Of(TextStart, "Hel"u8)]);
        ShouldReadNothing();
        Arrive(Of(Last, "lo"u8));
        var incoming = Next(IncomingKind.Message);
        incoming.Payload.ToArray().ShouldBe("Hello"u8.ToArray());
        incoming.Owned!.Release();
    }

    [Fact]
    public void A_message_that_is_gathered_ahead_waits_for_a_decision_when_it_proves_too_long_to_be_whole()
    {
        _decoder.Delivery = Delivery.Ahead;
        Arrive([.. Of(BinaryStart, new byte[Limit]), .. Of(Last, [1])]);
        _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
        _decoder.AwaitsDecision.ShouldBeTrue();

        _decoder.Delivery = Delivery.Whole;
        Next(IncomingKind.Fault).Fault.ShouldBe(ProtocolFault.MessageTooBig);
    }

    [Fact]
    public void A_message_that_is_gathered_ahead_is_streamed_from_its_start_when_somebody_asks_for_that()
    {
        _decoder.Delivery = Delivery.Ahead;
        Arrive([.. Of(TextStart, "Hel"u8), .. Of(Middle, "lo "u8)]);
        ShouldReadNothing();

        _decoder.Delivery = Delivery.Streamed;
        Arrive(Of(Last, "you"u8));
        var start = Next(IncomingKind.Piece);
        start.Payload.ToArray().ShouldBe("Hello "u8.ToArray());
        start.EndsMessage.ShouldBeFalse();
        start.Owned!.Release();
        ShouldBePiece("you", isLast: true);
    }

    [Fact]
    public void A_message_of_which_nothing_was_gathered_yet_becomes_a_stream_with_its_first_byte_only()
    {
        _decoder.Delivery = Delivery.Ahead;
        Arrive(Header(Text, 5));
        ShouldReadNothing();

        // Whoever asks for a stream and gives up again leaves the message as it was.
        _decoder.Delivery = Delivery.Streamed;
        ShouldReadNothing();
        _decoder.Delivery = Delivery.Whole;
        Arrive(Of(Text, "Hello"u8)[6..]);
        var incoming = Next(IncomingKind.Message);
        incoming.Payload.ToArray().ShouldBe("Hello"u8.ToArray());
        incoming.Owned!.Release();
    }

    [Fact]
    public void A_message_that_was_gathered_ahead_keeps_to_the_streams_limit()
    {
        _decoder.Delivery = Delivery.Ahead;
        Arrive(Of(BinaryStart, new byte[5]));
        ShouldReadNothing();
        _decoder.Delivery = Delivery.Streamed;
        _decoder.MaxStreamedLength = 4;
        Next(IncomingKind.Fault).Fault.ShouldBe(ProtocolFault.MessageTooBig);
    }

    private void Arrive(byte[] bytes)
    {
        _arrived.Clear();
        foreach (var memory in _input)
        {
            _arrived.Add(memory);
        }

        _input = Segments.Of([.. _arrived, bytes]);
    }

    private void ShouldReadNothing()
    {
        _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
        _decoder.AwaitsDecision.ShouldBeFalse();
    }

    private Incoming Next(IncomingKind kind)
    {
        var incoming = _decoder.Read(ref _input);
        incoming.Kind.ShouldBe(kind);
        return incoming;
    }

    private void ShouldBePiece(string text, bool isLast)
    {
        var piece = Next(IncomingKind.Piece);
        Encoding.UTF8.GetString(piece.Payload.ToArray()).ShouldBe(text);
        piece.EndsMessage.ShouldBe(isLast);
        piece.Owned.ShouldBeNull();
    }
}
