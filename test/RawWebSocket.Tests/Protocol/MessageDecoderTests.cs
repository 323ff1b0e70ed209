using System.Buffers;
using System.Net.WebSockets;
using System.Runtime.InteropServices;
using RawWebSocket.Protocol;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Protocol;

public class MessageDecoderTests
{
    private const int Limit = 10;

    private readonly MessageDecoder _decoder = Decoders.New(Limit);
    private ReadOnlySequence<byte> _input;

    [Fact]
    public void A_message_that_is_all_there_is_handed_over_where_it_lies()
    {
        var frame = Of(Text, "Hello"u8);
        var incoming = ShouldRead(IncomingKind.Message, frame);

        incoming.Type.ShouldBe(WebSocketMessageType.Text);
        incoming.EndsMessage.ShouldBeTrue();
        incoming.Owned.ShouldBeNull();
        incoming.Payload.ToArray().ShouldBe("Hello"u8.ToArray());
        MemoryMarshal.TryGetArray(incoming.Payload.First, out var array).ShouldBeTrue();
        array.Array.ShouldBeSameAs(frame);
    }

    [Fact]
    public void A_message_in_several_reads_is_left_where_it_lies_until_it_is_complete()
    {
        _decoder.Delivery = Delivery.Whole;
        var frame = Of(Text, "Hello"u8);
        ShouldNotRead(frame[..8]);
        _input.Length.ShouldBe(2);
        _decoder.LeftInPlace.ShouldBe(2);

        byte[] payload = [.. _input.ToArray(), .. frame[8..]];
        var incoming = ShouldRead(IncomingKind.Message, payload);
        incoming.Payload.ToArray().ShouldBe("Hello"u8.ToArray());
        incoming.Owned.ShouldBeNull();
        MemoryMarshal.TryGetArray(incoming.Payload.First, out var array).ShouldBeTrue();
        array.Array.ShouldBeSameAs(payload);
        _input.IsEmpty.ShouldBeTrue();
        _decoder.LeftInPlace.ShouldBe(0);
    }

    [Fact]
    public void A_message_in_several_reads_is_gathered_into_memory_of_its_own_while_it_may_still_become_a_stream()
    {
        _decoder.Delivery = Delivery.Ahead;
        ShouldNotRead(Header(Text, 5));
        var incoming = ShouldRead(IncomingKind.Message, Of(Text, "Hello"u8)[6..]);

        incoming.Payload.ToArray().ShouldBe("Hello"u8.ToArray());
        var owned = incoming.Owned.ShouldNotBeNull();
        owned.Length.ShouldBe(5);
        owned.Release();
    }

    [Fact]
    public void What_was_left_of_a_message_that_nobody_wants_any_more_is_passed()
    {
        _decoder.Delivery = Delivery.Whole;
        var frame = Of(Text, "Hello"u8);
        ShouldNotRead(frame[..8]);
        _decoder.Delivery = Delivery.Discarded;
        ShouldRead(IncomingKind.Discarded, [.. _input.ToArray(), .. frame[8..]]).EndsMessage.ShouldBeTrue();
        _input.IsEmpty.ShouldBeTrue();
        _decoder.LeftInPlace.ShouldBe(0);
    }

    [Fact]
    public void What_is_not_passed_yet_is_not_unmasked_yet()
    {
        _decoder.Delivery = Delivery.Undecided;
        foreach (var frame in (byte[][])[Of(Text, "Hello"u8), Of(Ping, "Hello"u8), Of(Close, [3, 232])])
        {
            var bytes = frame[..^1];
            _input = new ReadOnlySequence<byte>(bytes);
            _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
            _input.Length.ShouldBe(bytes.Length);
            bytes.ShouldBe(frame[..^1]);
        }
    }

    [Fact]
    public void One_read_may_bring_several_things()
    {
        _input = new ReadOnlySequence<byte>([.. Of(Text, "a"u8), .. Of(Ping, "b"u8), .. Of(Binary, "c"u8), .. Of(Pong, "d"u8)[..3]]);
        Next().Kind.ShouldBe(IncomingKind.Message);
        Next().Kind.ShouldBe(IncomingKind.Ping);
        Next().Type.ShouldBe(WebSocketMessageType.Binary);
        _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
        _input.Length.ShouldBe(3);
    }

    [Theory]
    [InlineData(Limit)]
    [InlineData(0)]
    public void A_message_of_the_limit_is_taken(int length)
    {
        ShouldRead(IncomingKind.Message, Of(Binary, new byte[length])).Payload.Length.ShouldBe(length);
        _decoder.Delivery = Delivery.Whole;
        ShouldNotRead(Of(BinaryStart, new byte[length]));
        var gathered = ShouldRead(IncomingKind.Message, Of(Last, []));
        gathered.Payload.Length.ShouldBe(length);
        gathered.Owned!.Release();
    }

    [Theory]
    [InlineData(Limit + 1)]
    [InlineData(1L << 40)]
    [InlineData(long.MaxValue)]
    public void A_message_over_the_limit_fails_at_its_header(long length)
    {
        _decoder.Delivery = Delivery.Whole;
        ShouldFail(ProtocolFault.MessageTooBig, Header(Binary, length));
    }

    [Theory]
    [InlineData(5, 0, 6)]
    [InlineData(10, 0, 1)]
    [InlineData(4, 4, 3)]
    [InlineData(0, 10, 1)]
    [InlineData(1, 1, long.MaxValue)]
    public void The_fragments_of_a_message_count_together(int first, int second, long third)
    {
        _decoder.Delivery = Delivery.Whole;
        ShouldNotRead(Of(BinaryStart, new byte[first]));
        ShouldNotRead(Of(Middle, new byte[second]));
        ShouldFail(ProtocolFault.MessageTooBig, Header(Last, third));
    }

    [Fact]
    public void Control_frames_inside_a_message_do_not_count()
    {
        _decoder.Delivery = Delivery.Whole;
        ShouldNotRead(Of(BinaryStart, new byte[Limit]));
        ShouldRead(IncomingKind.Ping, Of(Ping, new byte[125])).Payload.Length.ShouldBe(125);
        ShouldRead(IncomingKind.Message, Of(Last, [])).Owned!.Release();
    }

    [Fact]
    public void The_length_starts_anew_with_each_message()
    {
        _decoder.Delivery = Delivery.Whole;
        for (var i = 0; i < 3; i++)
        {
            ShouldNotRead(Of(BinaryStart, new byte[Limit - 1]));
            ShouldRead(IncomingKind.Message, Of(Last, [1])).Owned!.Release();
        }
    }

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    public void A_text_fails_with_its_first_wrong_byte_and_not_at_its_end(string delivery)
    {
        _decoder.Delivery = Enum.Parse<Delivery>(delivery);
        byte[] text = [.. "aé"u8, 0xF0, 0x80, .. "bcdef"u8];
        var frame = Of(TextStart, text);
        var wrong = frame.Length - text.Length + 4;
        for (var i = 0; i < wrong; i++)
        {
            _input = new ReadOnlySequence<byte>([.. _input.ToArray(), frame[i]]);
            if (_decoder.Read(ref _input) is { IsNothing: false } piece)
            {
                piece.Kind.ShouldBe(IncomingKind.Piece, $"byte {i}");
            }
        }

        ShouldFail(ProtocolFault.TextNotUtf8, frame[wrong..(wrong + 1)]);
    }

    [Fact]
    public void Nothing_is_read_after_a_fault()
    {
        ShouldFail(ProtocolFault.UnexpectedContinuation, Of(Last, []));
        ShouldNotRead(Of(Text, "x"u8));
        ShouldNotRead(Of(Close, []));
        _decoder.Delivery = Delivery.Discarded;
        ShouldNotRead(Of(Ping, []));
    }

    [Fact]
    public void A_fault_gives_back_what_was_gathered()
    {
        _decoder.Delivery = Delivery.Whole;
        ShouldNotRead(Of(BinaryStart, [1, 2, 3]));
        ShouldFail(ProtocolFault.MessageInterrupted, Of(Text, []));
        ShouldHaveGivenBack();
    }

    [Fact]
    public void A_message_that_is_never_finished_gives_back_what_was_gathered()
    {
        _decoder.Delivery = Delivery.Whole;
        ShouldNotRead(Of(BinaryStart, [1, 2, 3]));
        _decoder.Release();
        ShouldHaveGivenBack();
        _decoder.Release();
    }

    [Theory]
    [InlineData("Whole")]
    [InlineData("Streamed")]
    [InlineData("Discarded")]
    public void A_claimed_length_reserves_nothing(string delivery)
    {
        var decoder = Decoders.New(delivery: Enum.Parse<Delivery>(delivery));
        byte[] bytes = [.. Header(Binary, 1L << 40), 1, 2, 3];
        var arrived = new ReadOnlySequence<byte>(bytes);
        Warm();

        var before = GC.GetAllocatedBytesForCurrentThread();
        decoder.Read(ref arrived);
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(5000);

        arrived.Length.ShouldBe(decoder.LeftInPlace);
        decoder.Release();

        static void Warm()
        {
            var decoder = Decoders.New(delivery: Delivery.Whole);
            var input = new ReadOnlySequence<byte>([.. Header(Binary, 10), 1]);
            decoder.Read(ref input);
            decoder.Release();
        }
    }

    // The shared pool hands a thread the array it gave back last; a payload's first piece is of 1024 bytes.
    private static void ShouldHaveGivenBack()
    {
        var array = ArrayPool<byte>.Shared.Rent(1024);
        array.AsSpan(0, 3).ToArray().ShouldBe([1, 2, 3]);
        ArrayPool<byte>.Shared.Return(array, clearArray: true);
    }

    private Incoming ShouldRead(IncomingKind kind, byte[] bytes)
    {
        _input = new ReadOnlySequence<byte>(bytes);
        var incoming = Next();
        incoming.Kind.ShouldBe(kind);
        _input.IsEmpty.ShouldBeTrue();
        return incoming;
    }

    private void ShouldNotRead(byte[] bytes)
    {
        _input = new ReadOnlySequence<byte>(bytes);
        _decoder.Read(ref _input).IsNothing.ShouldBeTrue();
        _decoder.AwaitsDecision.ShouldBeFalse();
    }

    private void ShouldFail(ProtocolFault fault, byte[] bytes)
    {
        _input = new ReadOnlySequence<byte>(bytes);
        var incoming = Next();
        incoming.Kind.ShouldBe(IncomingKind.Fault);
        incoming.Fault.ShouldBe(fault);
    }

    private Incoming Next()
    {
        var incoming = _decoder.Read(ref _input);
        incoming.IsNothing.ShouldBeFalse();
        return incoming;
    }
}
