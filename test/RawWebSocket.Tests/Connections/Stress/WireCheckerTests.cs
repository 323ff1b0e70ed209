namespace RawWebSocket.Tests.Connections.Stress;

/// <summary>The checker finds each fault that is planted in a recording that is right.</summary>
public class WireCheckerTests
{
    private static readonly SendRecord[] Records =
    [
        new(0, 0, 20, Told.Sent),
        new(0, 1, 300, Told.Sent),
        new(0, 2, 20, Told.Cancelled),
        new(1, 0, 20, Told.Posted),
        new(1, 1, 70_000, Told.Sent),
        new(1, 2, 20, Told.Closed),
        new(2, 0, 20, Told.PostedWithKey),
    ];

    private static readonly byte[] Ping = [0x89, 0];
    private static readonly byte[] Close = [0x88, 2, 3, 0xE8];

    private static readonly byte[] ByteOfAnother = [.. Frame(0x82, SendRecord.Payload(0, 0, 20)[..^1], (byte)'!')];

    // Sender 0's second message in two fragments, with a ping between them; what was posted with a key has been replaced.
    private static List<byte[]> Right() =>
    [
        Message(0, 0, 20),
        Frame(0x02, SendRecord.Payload(0, 1, 300)[..100]),
        Ping,
        Frame(0x80, SendRecord.Payload(0, 1, 300)[100..]),
        Message(1, 0, 20),
        Message(1, 1, 70_000),
        Close,
    ];

    [Fact]
    public void What_is_right_has_no_fault() => Faults(Right()).ShouldBeEmpty();

    [Fact]
    public void A_lost_message() => FaultOf(frames => frames.RemoveAt(4)).ShouldStartWith("lost");

    [Fact]
    public void A_message_twice() => FaultOf(frames => frames.Insert(1, Message(0, 0, 20))).ShouldStartWith("twice");

    [Fact]
    public void Two_of_a_sender_in_the_wrong_order() =>
        FaultOf(frames => (frames[4], frames[5]) = (frames[5], frames[4])).ShouldStartWith("order");

    [Fact]
    public void Another_message_inside_of_one_in_fragments() =>
        FaultOf(frames => frames.Insert(3, Message(2, 0, 20))).ShouldStartWith("interleaved");

    [Fact]
    public void A_continuation_of_nothing() => FaultOf(frames => frames.Insert(1, Frame(0x80, []))).ShouldStartWith("interleaved");

    [Fact]
    public void A_frame_after_the_close() => FaultOf(frames => frames.Add(Ping)).ShouldStartWith("after the close");

    [Fact]
    public void No_close() => FaultOf(frames => frames.RemoveAt(6)).ShouldBe("no close frame");

    [Fact]
    public void One_that_was_cancelled() => FaultOf(frames => frames.Insert(5, Message(0, 2, 20))).ShouldStartWith("refused");

    [Fact]
    public void One_that_was_refused() => FaultOf(frames => frames.Insert(6, Message(1, 2, 20))).ShouldStartWith("refused");

    [Fact]
    public void Half_a_frame() => FaultOf(frames => frames[6] = Close[..^1]).ShouldStartWith("cut");

    [Fact]
    public void A_message_that_nobody_sent() => FaultOf(frames => frames.Insert(1, Message(3, 0, 20))).ShouldStartWith("nobody's");

    [Fact]
    public void A_byte_of_another() => FaultOf(frames => frames[0] = ByteOfAnother).ShouldStartWith("nobody's");

    [Fact]
    public void A_byte_too_few() => FaultOf(frames => frames[5] = [.. frames[5][..^1]]).ShouldNotBeEmpty();

    [Fact]
    public void A_control_frame_in_fragments() => FaultOf(frames => frames[2] = [0x09, 0]).ShouldStartWith("a control frame");

    [Fact]
    public void A_compressed_message_that_was_not_agreed() =>
        FaultOf(frames => frames[0] = Frame(0xC2, [0])).ShouldStartWith("compressed");

    [Fact]
    public void After_a_break_the_end_may_be_missing_but_not_what_is_in_the_middle()
    {
        var cut = Right().SelectMany(frame => frame).Take(1000).ToList();
        new WireChecker(Records, Ending.Break).Check(cut).ShouldBeEmpty();
        var twice = Right().Prepend(Message(0, 0, 20)).SelectMany(frame => frame).Take(1000).ToList();
        new WireChecker(Records, Ending.Break).Check(twice).ShouldHaveSingleItem().ShouldStartWith("twice");
    }

    private static string FaultOf(Action<List<byte[]>> plant)
    {
        var frames = Right();
        plant(frames);
        return Faults(frames)[0];
    }

    private static IReadOnlyList<string> Faults(List<byte[]> frames) =>
        new WireChecker(Records, Ending.Close).Check([.. frames.SelectMany(frame => frame)]);

    private static byte[] Message(int sender, int number, int length) => Frame(0x82, SendRecord.Payload(sender, number, length));

    private static byte[] Frame(byte first, byte[] payload, params byte[] rest)
    {
        byte[] all = [.. payload, .. rest];
        return all.Length switch
        {
            <= 125 => [first, (byte)all.Length, .. all],
            <= 0xFFFF => [first, 126, (byte)(all.Length >> 8), (byte)all.Length, .. all],
            _ => [first, 127, 0, 0, 0, 0, 0, (byte)(all.Length >> 16), (byte)(all.Length >> 8), (byte)all.Length, .. all],
        };
    }
}
