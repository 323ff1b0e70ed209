using RawWebSocket.Handshake;

namespace RawWebSocket.Tests.Handshake;

public class PackedStringsTests
{
    [Fact]
    public void Strings_of_every_length_come_back_as_they_were()
    {
        List<string> strings = ["", "a", new('b', 127), new('c', 128), "Grüße, 世界 🌍", new('d', 16_383), new('e', 16_384), ""];
        var packed = PackedStrings.Of(strings);
        Enumerable.Range(0, strings.Count).Select(place => packed[place]).ShouldBe(strings);
        packed.HasMore(packed.OffsetOf(strings.Count - 1)).ShouldBeTrue();
        packed.HasMore(packed.OffsetOf(strings.Count)).ShouldBeFalse();
    }

    [Fact]
    public void Of_no_strings_there_are_none() => PackedStrings.Of([]).HasMore(0).ShouldBeFalse();
}
