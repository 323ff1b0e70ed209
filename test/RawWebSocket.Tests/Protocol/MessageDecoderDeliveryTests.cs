using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using RawWebSocket.Protocol;
using RawWebSocket.Tests.Wire;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Protocol;

/// <summary>How messages are handed over: undecided, whole, streamed, discarded.</summary>
public class MessageDecoderDeliveryTests
{
    private const int Limit = 10;

    private readonly MessageDecoder _decoder = Decoders.New(Limit);
    private readonly List<ReadOnlyMemory<byte>> _arrived = [];
    private ReadOnlySequence<byte> _input;

    [Theory]
    [InlineData(ClientFrame.Binary, 5, 4)] // not all there
    [InlineData(ClientFrame.BinaryStart, 5, 5)] // fragmented
    [InlineData(ClientFrame.BinaryStart, 0, 0)]
    [InlineData(ClientFrame.Binary, Limit + 1, Limit + 1)] // too long for one who takes it whole
    public void An_undecided_message_waits_untouched_until_somebody_says_how(byte firstByte, int length, int there)
    {
        byte[] bytes = [.. Of(firstByte, new byte[length])];
        _decoder.Delivery = Delivery.Undecided;
        Arrive(bytes[..(bytes.Length - length + there)]);
        for (var i = 0; i < 2; i++)
        {
            _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
            _decoder.AwaitsDecision.ShouldBeTrue();
            _input.Length.ShouldBe(bytes.Length - length + there);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(5)]
    public void A_header_that_is_not_all_there_waits_for_bytes_and_not_for_a_decision(int count)
    {
        Arrive(Of(BinaryStart, [1])[..count]);
        ShouldReadNothing();
    }

    [Fact]
    public void A_ping_that_waits_behind_no_message_waits_for_bytes_only()
    {
        Arrive(Of(Ping, "abc"u8)[..^1]);
        ShouldReadNothing();
    }

    [Fact]
    public void Decided_the_message_is_read_from_its_start()
    {
        Arrive([.. Of(TextStart, "Hel"u8), .. Of(Last, "lo"u8)]);
        _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
        _decoder.AwaitsDecision.ShouldBeTrue();

        _decoder.Delivery = Delivery.Whole;
        var incoming = Next(IncomingKind.Message);
        _decoder.AwaitsDecision.ShouldBeFalse();
        incoming.Payload.ToArray().ShouldBe("Hello"u8.ToArray());
        incoming.Owned!.Release();
    }

    [Fact]
    public void A_streamed_message_comes_as_it_arrives()
    {
        _decoder.Delivery = Delivery.Streamed;
        Arrive([.. Of(TextStart, "Hel"u8), .. Of(Middle, []), .. Of(Last, "lo you"u8)[..^4]]);
        ShouldBePiece("Hel", isLast: false);
        ShouldBePiece("lo", isLast: false);
        ShouldReadNothing();
        Arrive(Of(Last, "lo you"u8)[^4..]);
        ShouldBePiece(" you", isLast: true);
        ShouldReadNothing();
    }

    [Fact]
    public void A_streamed_message_ends_with_an_empty_piece_when_its_last_frame_is_empty()
    {
        _decoder.Delivery = Delivery.Streamed;
        Arrive([.. Of(TextStart, "a"u8), .. Of(Last, [])]);
        ShouldBePiece("a", isLast: false);
        ShouldBePiece("", isLast: true);
    }

    // So that whoever asked for a stream has something in hand as soon as the message has begun as one.
    [Fact]
    public void A_stream_begins_with_its_first_byte_and_not_with_its_header()
    {
        _decoder.Delivery = Delivery.Streamed;
        Arrive(Header(Text, 5));
        ShouldReadNothing();
        _input.Length.ShouldBe(6);

        _decoder.Delivery = Delivery.Whole;
        Arrive(Of(Text, "Hello"u8)[6..]);
        Next(IncomingKind.Message).Payload.ToArray().ShouldBe("Hello"u8.ToArray());
    }

    [Fact]
    public void A_stream_that_begins_with_an_empty_fragment_begins_with_an_empty_piece()
    {
        _decoder.Delivery = Delivery.Streamed;
        Arrive([.. Of(TextStart, []), .. Of(Middle, "a"u8), .. Of(Middle, []), .. Of(Last, "b"u8)]);
        ShouldBePiece("", isLast: false);
        ShouldBePiece("a", isLast: false);
        ShouldBePiece("b", isLast: true);
    }

    [Fact]
    public void A_stream_that_is_too_long_fails_at_its_header()
    {
        _decoder.Delivery = Delivery.Streamed;
        _decoder.MaxStreamedLength = 100;
        Arrive(Header(Binary, 101));
        Next(IncomingKind.Fault).Fault.ShouldBe(ProtocolFault.MessageTooBig);
    }

    [Fact]
    public void A_short_message_that_is_streamed_is_one_piece_where_it_lies()
    {
        _decoder.Delivery = Delivery.Streamed;
        Arrive(Of(Binary, "abc"u8));
        ShouldBePiece("abc", isLast: true, WebSocketMessageType.Binary);
    }

    [Fact]
    public void Only_the_next_message_is_streamed()
    {
        _decoder.Delivery = Delivery.Streamed;
        Arrive([.. Of(Text, "a"u8), .. Of(Text, "b"u8), .. Of(TextStart, "c"u8)]);
        ShouldBePiece("a", isLast: true);
        _decoder.Delivery.ShouldBe(Delivery.Undecided);
        Next(IncomingKind.Message).Payload.ToArray().ShouldBe("b"u8.ToArray());
        _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
        _decoder.AwaitsDecision.ShouldBeTrue();
    }

    [Fact]
    public void A_stream_has_its_own_limit_over_all_its_fragments_and_not_that_of_whole_messages()
    {
        _decoder.Delivery = Delivery.Streamed;
        _decoder.MaxStreamedLength = 100;
        Arrive([.. Of(BinaryStart, new byte[99]), .. Of(Middle, [1]), .. Header(Last, 1)]);
        Next(IncomingKind.Piece).Payload.Length.ShouldBe(99);
        Next(IncomingKind.Piece).Payload.Length.ShouldBe(1);
        Next(IncomingKind.Fault).Fault.ShouldBe(ProtocolFault.MessageTooBig);
    }

    [Theory]
    [InlineData("Whole", "Streamed")]
    [InlineData("Whole", "Undecided")]
    [InlineData("Streamed", "Whole")]
    [InlineData("Streamed", "Undecided")]
    public void A_message_that_has_begun_goes_on_as_it_began(string first, string then)
    {
        _decoder.Delivery = Enum.Parse<Delivery>(first);
        Arrive(Of(TextStart, "a"u8));
        _decoder.Read(ref _input).IsNothing.ShouldBe(first != "Streamed");

        _decoder.Delivery = Enum.Parse<Delivery>(then);
        Arrive(Of(Last, "b"u8));
        var rest = Next(first == "Streamed" ? IncomingKind.Piece : IncomingKind.Message);
        rest.Payload.ToArray().ShouldBe(first == "Streamed" ? "b"u8.ToArray() : "ab"u8.ToArray());
        rest.Owned?.Release();
    }

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    public void A_message_can_be_discarded_after_it_has_begun(string first)
    {
        _decoder.Delivery = Enum.Parse<Delivery>(first);
        Arrive(Of(TextStart, "abc"u8)[..^2]);
        _decoder.Read(ref _input);

        _decoder.Delivery = Delivery.Discarded;
        Arrive([.. Of(TextStart, "abc"u8)[^2..], .. Of(Ping, []), .. Of(Last, [0xFF]), .. Closing(1000, [])]);
        Next(IncomingKind.Ping);
        Next(IncomingKind.Discarded).EndsMessage.ShouldBeTrue();
        Next(IncomingKind.Close);
        ShouldReadNothing();
    }

    [Fact]
    public void What_is_discarded_has_no_limit_and_need_not_be_utf8()
    {
        _decoder.Delivery = Delivery.Discarded;
        Arrive([.. Of(Text, [0xFF]), .. Of(Binary, new byte[100_000]), .. Of(Close, [])]);
        Next(IncomingKind.Discarded).Type.ShouldBe(WebSocketMessageType.Text);
        Next(IncomingKind.Discarded).Type.ShouldBe(WebSocketMessageType.Binary);
        Next(IncomingKind.Close).Close.ShouldBe(ClosePayload.Empty);
    }

    [Fact]
    public void Of_what_is_ignored_not_even_the_end_is_told()
    {
        _decoder.Delivery = Delivery.Ignored;
        Arrive([.. Of(Text, [0xFF]), .. Of(BinaryStart, new byte[100_000]), .. Of(Ping, []), .. Of(Last, []), .. Of(Close, [])]);
        Next(IncomingKind.Ping);
        Next(IncomingKind.Close);
    }

    [Fact]
    public void Whoever_discards_still_sees_faults_of_frames()
    {
        _decoder.Delivery = Delivery.Discarded;
        Arrive([.. Of(BinaryStart, []), .. Of(Binary, [])]);
        Next(IncomingKind.Fault).Fault.ShouldBe(ProtocolFault.MessageInterrupted);
    }

    [Fact]
    public void Even_discarded_fragments_cannot_count_past_63_bits()
    {
        _decoder.Delivery = Delivery.Discarded;
        Arrive([.. Of(BinaryStart, [1]), .. Header(Middle, long.MaxValue)]);
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

    private void ShouldBePiece(string text, bool isLast, WebSocketMessageType type = WebSocketMessageType.Text)
    {
        var piece = Next(IncomingKind.Piece);
        Encoding.UTF8.GetString(piece.Payload.ToArray()).ShouldBe(text);
        piece.EndsMessage.ShouldBe(isLast);
        piece.Type.ShouldBe(type);
        piece.Owned.ShouldBeNull();
    }
}
