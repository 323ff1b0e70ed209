using System.Buffers;
using System.Net.WebSockets;
using RawWebSocket.Protocol;
using static RawWebSocket.Tests.Wire.ClientFrame;

namespace RawWebSocket.Tests.Protocol;

/// <summary>How many frames a message may come in, what is finished, and what is charged for half a message.</summary>
public class MessageDecoderFragmentsTests
{
    private const int Most = 3;

    private readonly MemoryAccount _memory = Decoders.Memory();
    private readonly MessageDecoder _decoder;

    public MessageDecoderFragmentsTests() => _decoder = Decoders.New(maxWholeLength: 100_000, Most, memory: _memory);

    public static TheoryData<string> Deliveries => ["Whole", "Ahead", "Streamed", "Discarded"];

    [Theory, MemberData(nameof(Deliveries))]
    public void A_message_may_come_in_as_many_frames_as_allowed_and_so_may_the_next(string delivery)
    {
        byte[] message = [.. Of(BinaryStart, [1]), .. Of(Middle, []), .. Of(Ping, []), .. Of(Last, [2])];
        Read(delivery, [.. message, .. message, .. Of(Binary, [3])]).ShouldNotContain(incoming => incoming.Kind == IncomingKind.Fault);
        _decoder.IsInMessage.ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Deliveries))]
    public void One_more_is_a_fault_as_soon_as_its_header_has_come(string delivery)
    {
        Read(delivery, [.. Of(TextStart, []), .. Of(Middle, []), .. Of(Middle, []), .. Header(Last, 5)[..^1]])
            .ShouldNotContain(incoming => incoming.Kind == IncomingKind.Fault);
        var fault = Read(delivery, [.. Header(Last, 5)]).ShouldHaveSingleItem().Fault!;
        fault.ShouldBe(ProtocolFault.TooManyFragments);
        fault.Code.ShouldBe(WebSocketCloseStatus.PolicyViolation);
        fault.Limit.ShouldBe(WebSocketLimit.Fragments);
        _memory.Held.ShouldBe(0);
    }

    [Theory, MemberData(nameof(Deliveries))]
    public void A_fragment_after_the_first_costs_as_much_as_64_bytes(string delivery)
    {
        var (header, payload) = (Header(Middle, 0).Length, new byte[30]);
        Read(delivery, [.. Of(Binary, [1]), .. Of(BinaryStart, [1]), .. Of(Ping, []), .. Of(Middle, []), .. Of(Last, payload)]);
        _decoder.Surcharge.ShouldBe((64 - header) + (64 - header - payload.Length));
        Read(delivery, [.. Of(BinaryStart, []), .. Of(Middle, new byte[64 - header]), .. Of(Last, new byte[1000])]);
        _decoder.Surcharge.ShouldBe((64 - header) + (64 - header - payload.Length));
    }

    [Fact]
    public void What_comes_after_this_sides_close_is_not_counted() =>
        Read("Ignored", [.. Of(BinaryStart, []), .. Enumerable.Repeat(Of(Middle, [1]), 10).SelectMany(frame => frame), .. Of(Close, [])])
            .ShouldHaveSingleItem().Kind.ShouldBe(IncomingKind.Close);

    [Theory]
    [InlineData("Streamed")]
    [InlineData("Discarded")]
    public void Of_a_message_that_is_not_held_fragments_that_carry_something_are_forgiven(string delivery)
    {
        Read(delivery, [.. Of(BinaryStart, []), .. Enumerable.Repeat(Of(Middle, new byte[1024]), 100).SelectMany(frame => frame)])
            .ShouldNotContain(incoming => incoming.Kind == IncomingKind.Fault);
        Read(delivery, [.. Enumerable.Repeat(Of(Middle, []), Most).SelectMany(frame => frame)])
            .Last().Fault.ShouldBe(ProtocolFault.TooManyFragments);
    }

    [Fact]
    public void Each_piece_of_a_stream_that_brings_it_further_is_something_finished()
    {
        Read("Streamed", Of(BinaryStart, [1]));
        var begun = _decoder.Finished;
        Read("Streamed", [.. Of(Ping, []), .. Of(Middle, [])]);
        _decoder.Finished.ShouldBe(begun);
        Read("Streamed", Of(Last, [2]));
        _decoder.Finished.ShouldBeGreaterThan(begun);
    }

    [Theory, MemberData(nameof(Deliveries))]
    public void What_has_been_finished_counts_and_a_control_frame_inside_a_message_does_not(string delivery)
    {
        var finished = new List<long>();
        byte[][] frames =
            [Of(Ping, []), Of(Binary, [1]), Of(BinaryStart, [1]), Of(Ping, [2]), Of(Pong, []), Of(Last, []), Of(Pong, [])];
        foreach (var frame in frames)
        {
            Read(delivery, frame);
            finished.Add(_decoder.Finished);
        }

        // Each piece that a stream has handed over is done with.
        finished.ShouldBe(delivery == "Streamed" ? [1, 3, 4, 4, 4, 5, 6] : [1, 2, 2, 2, 2, 3, 4]);
    }

    [Fact]
    public void Half_a_message_is_charged_until_whoever_takes_it_lets_it_go()
    {
        Read("Whole", Of(BinaryStart, new byte[1000]));
        _memory.Held.ShouldBe(1024);
        Read("Whole", Of(Last, new byte[1000])).ShouldHaveSingleItem().Owned!.Release();
        _memory.Held.ShouldBe(0);
    }

    [Theory]
    [InlineData("Discarded")]
    [InlineData("Ignored")]
    public void Half_a_message_that_is_discarded_after_all_is_charged_no_longer(string delivery)
    {
        Read("Whole", Of(BinaryStart, new byte[1000]));
        Read(delivery, Of(Ping, []));
        _memory.Held.ShouldBe(0);
    }

    private List<Incoming> Read(string delivery, byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        var read = new List<Incoming>();
        _decoder.Delivery = Enum.Parse<Delivery>(delivery);
        while (_decoder.Read(ref input) is { IsNothing: false } incoming)
        {
            read.Add(incoming);
            _decoder.Delivery = Enum.Parse<Delivery>(delivery);
        }

        return read;
    }
}
