using FsCheck;
using FsCheck.Fluent;
using RawWebSocket.Fuzz.Models;
using RawWebSocket.Fuzz.Mutations;
using RawWebSocket.Fuzz.Targets;

namespace RawWebSocket.Fuzz.Tests.Properties;

public class DecoderProperties
{
    private static readonly Gen<WireFrame> Frames =
        from firstByte in Gen.Elements<byte>(0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x89, 0x8A)
        from text in Gen.Elements("", "a", "é", "€", "😀", "Hello")
        from cut in Gen.Choose(0, 3)
        select WireFrame.Of(firstByte, System.Text.Encoding.UTF8.GetBytes(text)[Math.Min(cut, text.Length)..]);

    private static readonly Gen<(byte[] Wire, int[] Lengths, byte Settings)> Conversations =
        from frames in Frames.ListOf()
        from lengths in Gen.Choose(1, 9).NonEmptyListOf()
        from settings in Gen.Choose(0, byte.MaxValue)
        select (BytesOf(frames), lengths.ToArray(), (byte)settings);

    [Fact]
    public void Any_split_of_the_same_bytes_gives_the_same_events() => Property.ForAll(Conversations, static conversation =>
    {
        var (wire, lengths, settings) = conversation;
        var next = 0;
        var whole = EventsOf(wire, settings, () => wire.Length);
        var cut = EventsOf(wire, settings, () => lengths[next++ % lengths.Length]);
        return whole.Count == cut.Count && whole.Zip(cut).All(static pair => pair.First.IsSameAs(pair.Second));
    });

    private static List<ModelEvent> EventsOf(byte[] wire, byte settings, Func<int> nextLength)
    {
        var run = new DecoderRun(new DecoderSettings(settings, limits: 0), new Random(settings));
        foreach (var piece in new GuardedPieces(wire, nextLength, new Random(1)).All.TakeWhile(_ => !run.HasEnded))
        {
            run.Arrive([piece]);
        }

        run.End();
        return run.Events;
    }

    private static byte[] BytesOf(IEnumerable<WireFrame> frames)
    {
        var bytes = new List<byte>();
        foreach (var frame in frames)
        {
            frame.WriteTo(bytes);
        }

        return [.. bytes];
    }
}
